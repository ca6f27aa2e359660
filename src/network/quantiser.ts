/** Quantisers as users write them: QKeras names, [bits, integer] pairs and fixed-point types, all read to one `Format`. */
import { userError } from '../base/diagnostic.js';
import { type Format, makeFormat, parseFormat, whyUnsupported } from '../fixed/format.js';

/**
 * `quantized_bits(b,i)`, `quantized_relu(b,i)`, `ap_[u]fixed<W,I,Q,O>`, `ap_[u]int<W>`; a pair [b, i]; `none` for a tensor
 * that stays floating point.
 */
export type QuantiserText = string | readonly [number, number];

/** What a pair [b, i] means: weights and linear outputs have a sign, outputs of a ReLU have none. */
export type PairMeaning = 'quantized_bits' | 'quantized_relu';

/**
 * @param place where it stands, for the error
 * @returns undefined for `none`
 * @throws AxocError (user) for a text that is no quantiser and for types axoc does not support
 */
export function readQuantiser(text: QuantiserText, pairMeaning: PairMeaning, place: string): Format | undefined {
  if (typeof text !== 'string') return fromQKeras(pairMeaning, text, `[${text}]`, place);
  const trimmed = text.trim();
  if (trimmed === 'none') return undefined;
  if (/^ap_/.test(trimmed)) return parseFormat(trimmed, place);
  const match = /^(quantized_bits|quantized_relu)\s*\(\s*([+-]?\d+)\s*,\s*([+-]?\d+)\s*\)$/.exec(trimmed);
  if (match !== null) return fromQKeras(match[1] as PairMeaning, [Number(match[2]), Number(match[3])], text, place);
  throw userError(
    'bad-quantiser',
    place,
    `"${text}" is not a quantiser`,
    'write quantized_bits(b,i), quantized_relu(b,i), [b, i], a type such as ap_fixed<10,7,AP_RND_CONV,AP_SAT>, or none',
  );
}

/** QKeras does not count the sign among the integer bits; it rounds ties to even and saturates. */
function fromQKeras(name: PairMeaning, numbers: readonly number[], text: string, place: string): Format {
  const [bits, integer] = numbers as readonly [number, number];
  if (numbers.length !== 2 || !numbers.every(Number.isInteger))
    throw userError('bad-quantiser', place, `${text} is not a pair of integers`, 'write [bits, integer bits]');
  const signed = name === 'quantized_bits';
  const format = makeFormat(signed, bits, signed ? integer + 1 : integer, 'AP_RND_CONV', 'AP_SAT');
  const reason = whyUnsupported(format);
  if (reason !== undefined) throw userError('bad-quantiser', place, `${text}: ${reason.what}`, reason.remedy);
  return format;
}
