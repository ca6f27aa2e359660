/** The quantisers of a model's tensors: what layers, overrides and learned bits together say of each. */
import type { Problems } from '../../base/diagnostic.js';
import { suggest } from '../../base/nearest.js';
import type { Format } from '../../fixed/format.js';
import type { Quantiser } from '../../network/architecture.js';
import { type PairMeaning, type QuantiserText, readQuantiser } from '../../network/quantiser.js';
import type { ModelOptions } from './options.js';

export class TensorQuantisers {
  readonly #tensors = new Set<string>();

  constructor(
    private readonly options: ModelOptions,
    private readonly place: string,
    private readonly problems: Problems,
  ) {}

  /** An override counts before what the layer says, that before what the model says. */
  read(
    tensor: string,
    own: QuantiserText | undefined,
    general: QuantiserText,
    meaning: PairMeaning,
    place: string,
    learns = false,
  ): Quantiser | undefined {
    this.#tensors.add(tensor);
    const key = this.#overrideOf(tensor);
    const at = key === undefined ? place : `overrides[${key}]`;
    const text = key === undefined ? (own ?? general) : this.options.overrides![key]!;
    const format = this.problems.attempt(() => readQuantiser(text, meaning, `${this.place}.${at}`));
    if (format === undefined) return undefined;
    return learns ? { format, learned: this.#learnedRange(format, at) } : { format };
  }

  /** Key of the override for a tensor; a layer's name alone means its result. */
  #overrideOf(tensor: string): string | undefined {
    const { overrides = {} } = this.options;
    return [tensor, shortName(tensor)].find((key) => Object.hasOwn(overrides, key));
  }

  #learnedRange(format: Format, place: string): NonNullable<Quantiser['learned']> {
    const { minimum, maximum, initial } = this.options.learnedBits!;
    const isRange = [minimum, maximum].every(Number.isInteger) && 1 <= minimum && minimum <= maximum;
    if (!isRange)
      this.#report(
        'bad-value',
        'learnedBits',
        `${minimum} to ${maximum} bits are no range`,
        'give whole numbers, at least 1, the minimum not above the maximum',
      );
    if (format.overflow === 'AP_WRAP')
      this.#report(
        'bad-layer',
        place,
        'the bits of a wrapping type cannot be learned: a value that wraps tells no direction',
        'give the type AP_SAT, or turn learned bits off',
      );
    // A sign alone is no number.
    const least = (format.signed ? 2 : 1) - format.integer;
    const fractionOf = (width: number): number => Math.max(width - format.integer, least);
    const first = Math.min(Math.max(initial ?? format.width, minimum), maximum);
    return { fewest: fractionOf(minimum), most: fractionOf(maximum), initial: fractionOf(first) };
  }

  /** Reports overrides of tensors that nobody has asked for. */
  checkOverrides(): void {
    const known = [...new Set([...this.#tensors].flatMap((tensor) => [tensor, shortName(tensor)]))];
    for (const tensor of Object.keys(this.options.overrides ?? {}))
      if (!known.includes(tensor))
        this.#report('unknown-key', `overrides[${tensor}]`, 'no tensor has this name', suggest(tensor, known));
  }

  #report(code: string, place: string, message: string, hint?: string): void {
    this.problems.add(code, `${this.place}.${place}`, message, hint);
  }
}

function shortName(tensor: string): string {
  return tensor.endsWith('/result') ? tensor.slice(0, -'/result'.length) : tensor;
}
