/** The user's choice of types on the command line: `ap_fixed<16,6>`, `16,6` or `layer=TYPE`. */
import { userError } from '../base/diagnostic.js';
import { type Format, makeFormat, parseFormat } from '../fixed/format.js';

export interface Precision {
  /** Type of results that carry none of their own. */
  readonly default: Format;
  /** Layer name (or `input`, `score`) -> type of its result, whatever the description says. */
  readonly overrides: ReadonlyMap<string, Format>;
}

export const defaultPrecision: Precision = { default: makeFormat(true, 16, 6), overrides: new Map() };

/** Reads the values of `--precision`, in the order given; the last one of a kind counts. */
export function parsePrecision(options: readonly string[]): Precision {
  let fallback = defaultPrecision.default;
  const overrides = new Map<string, Format>();
  for (const option of options) {
    const separator = option.lastIndexOf('=');
    const format = readType(option.slice(separator + 1), `--precision ${option}`);
    if (separator < 0) fallback = format;
    else if (separator === 0)
      throw userError('bad-option', `--precision ${option}`, 'no layer before "="', 'write --precision LAYER=TYPE');
    else overrides.set(option.slice(0, separator), format);
  }
  return { default: fallback, overrides };
}

function readType(text: string, place: string): Format {
  return parseFormat(/^[\s\d+-]+,/.test(text) ? `ap_fixed<${text}>` : text, place);
}
