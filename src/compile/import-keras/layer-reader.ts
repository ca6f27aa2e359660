/** How the configuration of one Keras layer is read: a schema says what it may hold, a function which layers it stands for. */
import type { z } from 'zod';
import type { Layer } from '../../network/layers/layers.js';
import type { ValueShape } from '../../network/shape.js';

/** A layer without its place in the network. */
export type BareLayer = Layer extends infer L ? (L extends Layer ? Omit<L, 'name' | 'inputs'> : never) : never;

/** Why a configuration is not imported, as the end of a sentence about the layer. */
export class Unsupported extends Error {}

/** One Keras layer as one of ours, or two where it has a layer as its activation; none where what it reads is not known and would matter. */
export type Converted = readonly BareLayer[];

/** What surrounds a layer in its file. */
export interface Surroundings {
  /** Shapes of one event that the layer reads; empty where a problem leaves them unknown. */
  readonly read: readonly ValueShape[];
  /** Which Keras wrote the file; undefined where it does not say. */
  readonly keras: 2 | 3 | undefined;
}

export type Converter = (config: unknown, surroundings: Surroundings) => Converted;

/** @returns what refuses a configuration with the first setting that the schema does not have */
export function reader<C>(
  schema: z.ZodType<C>,
  convert: (config: C, surroundings: Surroundings) => Converted,
): Converter {
  return (config, surroundings) => {
    const result = schema.safeParse(config);
    if (result.success) return convert(result.data, surroundings);
    const [first] = result.error.issues;
    const key = String(first!.path[0] ?? 'config');
    const value = (config as Readonly<Record<string, unknown>> | undefined)?.[key];
    throw new Unsupported(
      value === undefined ? `has no "${key}"` : `has ${key} = ${JSON.stringify(value)}, which is not imported`,
    );
  };
}
