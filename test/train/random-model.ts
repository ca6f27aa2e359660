/** Random models with random parameters, for tests: every layer, every pair of modes, learned bits, float32 and float64 sums. */
import type { Random } from '../../src/base/random.js';
import { makeFormat, overflows, printFormat, roundings } from '../../src/fixed/format.js';
import { elementCountOf } from '../../src/tensor/graph.js';
import { defaultModelOptions, type LayerOptions, type ModelOptions } from '../../src/train/model/options.js';
import type { Parameter } from '../../src/train/objective.js';

export class RandomModels {
  constructor(private readonly random: Random) {}

  options(): ModelOptions {
    const { random } = this;
    const isImage = random.chance(0.4);
    const learns = random.chance(0.3);
    const shape = [random.integer(2, 5), random.integer(2, 5), random.integer(1, 2)] as const;
    const features = isImage ? elementCountOf(shape) : random.integer(1, 9);
    const kind = random.chance(0.5) ? 'AE' : 'VAE';
    return {
      ...defaultModelOptions,
      kind,
      features,
      ...(isImage ? { inputShape: shape } : {}),
      encoder: [...(isImage ? this.#convolutions(learns) : []), ...this.#dense(random.integer(0, 2), learns)],
      latent: random.integer(1, 4),
      decoder: [...this.#dense(random.integer(0, 2), learns), { kind: 'dense', units: features }],
      quantisers: {
        data: this.#type(true, false),
        kernel: this.#type(true, learns),
        bias: this.#type(true, false),
        activation: this.#type(false, learns),
        latent: this.#type(true, false),
      },
      ...(kind === 'AE' && random.chance(0.3) ? { scoreKind: 'sum-of-squares' as const } : {}),
      score: random.chance(0.5) ? 'none' : this.#type(false, false, 16),
      ...(learns
        ? {
            learnedBits: {
              weights: random.chance(0.7),
              activations: random.chance(0.7),
              minimum: 2,
              maximum: random.integer(4, 9),
              penalty: 1e-6,
              rate: 4,
            },
          }
        : {}),
    };
  }

  /** Values that use the whole range of a type, ties and what is beyond it included. */
  parameters(parameters: readonly Parameter[]): Map<string, Float32Array> {
    return new Map(parameters.map((parameter) => [parameter.name, this.#values(parameter)]));
  }

  #values({ name, shape, initial }: Parameter): Float32Array {
    const { random } = this;
    const part = name.slice(name.lastIndexOf('/') + 1);
    const uniform = (low: number, high: number): number => low + (random.nextWord() / 2 ** 32) * (high - low);
    switch (part) {
      case 'moving_variance':
        return initial(random).map(() => uniform(0.01, 4));
      case 'kernel_fraction':
      case 'result_fraction':
        return initial(random).map(() => uniform(-1, 2.5));
      default: {
        const scale = 2 ** random.integer(-3, 3);
        const values = Array.from({ length: elementCountOf(shape) }, () =>
          random.chance(0.5) ? uniform(-scale, scale) : (random.integer(-16, 16) / 16) * scale,
        );
        return Float32Array.from(values);
      }
    }
  }

  #convolutions(learns: boolean): LayerOptions[] {
    const { random } = this;
    return Array.from({ length: random.integer(1, 2) }).flatMap((): LayerOptions[] => [
      {
        kind: 'conv2d',
        filters: random.integer(1, 3),
        size: [random.integer(1, 3), random.integer(1, 3)],
        strides: [random.integer(1, 3), random.integer(1, 3)],
        padding: 'same',
        ...this.#ownTypes(learns),
      },
      ...this.#after(learns),
    ]);
  }

  #dense(count: number, learns: boolean): LayerOptions[] {
    return Array.from({ length: count }).flatMap((): LayerOptions[] => [
      { kind: 'dense', units: this.random.integer(1, 6), ...this.#ownTypes(learns) },
      ...this.#after(learns),
    ]);
  }

  #after(learns: boolean): LayerOptions[] {
    const { random } = this;
    const relu: LayerOptions = random.chance(0.3)
      ? { kind: 'relu', result: this.#type(random.chance(0.3), learns) }
      : { kind: 'relu' };
    return [...(random.chance(0.4) ? [{ kind: 'batch_norm' } as const] : []), ...(random.chance(0.85) ? [relu] : [])];
  }

  #ownTypes(learns: boolean): Pick<Extract<LayerOptions, { kind: 'dense' }>, 'kernel' | 'bias' | 'result'> {
    const { random } = this;
    return {
      ...(random.chance(0.3) ? { kernel: this.#type(random.chance(0.8), learns) } : {}),
      ...(random.chance(0.3) ? { bias: this.#type(true, false) } : {}),
      ...(random.chance(0.4) ? { result: this.#type(true, false) } : {}),
    };
  }

  /** @param learns whether its bits may be learned: it must not wrap then */
  #type(signed: boolean, learns: boolean, widest = 12): string {
    const { random } = this;
    const width = random.integer(2, widest);
    const rounding = random.pick(roundings);
    const overflow = random.pick(learns ? overflows.filter((mode) => mode !== 'AP_WRAP') : overflows);
    return printFormat(makeFormat(signed, width, random.integer(Math.max(-1, 1 - width), width), rounding, overflow));
  }
}
