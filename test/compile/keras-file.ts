/** Keras files as Keras 2 lays them out, for tests that need what no fixture has. */
import { type Hdf5Writer, writeHdf5File } from '../../src/data/hdf5/write.js';

export interface KerasFile {
  readonly model: unknown;
  /** Dataset below `model_weights` -> shape; values count up in sixteenths. */
  readonly weights?: Readonly<Record<string, readonly number[]>>;
  /** What the file says it was written by; null: it does not say. Absent: a Keras 2. */
  readonly version?: string | null;
}

export function writeKeras(path: string, { model, weights = {}, version = '2.14.0' }: KerasFile): Promise<void> {
  return writeHdf5File(path, (file: Hdf5Writer) => {
    if (version !== null) file.attribute('', 'keras_version', version);
    file.attribute('', 'model_config', JSON.stringify(model));
    file.group('model_weights');
    for (const [name, shape] of Object.entries(weights)) {
      const length = shape.reduce((product, count) => product * count, 1);
      file.dataset(
        `model_weights/${name}`,
        Float32Array.from({ length }, (_, index) => (index % 32) / 16 - 1),
        shape,
      );
    }
  });
}

/** A layer that reads `from`. */
export function layer(className: string, name: string, config: object, from: readonly string[]): object {
  return {
    class_name: className,
    name,
    config: { name, ...config },
    inbound_nodes: from.length === 0 ? [] : [from.map((source) => [source, 0, 0, {}])],
  };
}

export function inputLayer(name: string, shape: readonly (number | null)[]): object {
  return layer('InputLayer', name, { batch_input_shape: [null, ...shape] }, []);
}

export function functional(
  name: string,
  layers: readonly object[],
  inputs: readonly string[],
  outputs: readonly string[],
) {
  const ends = (names: readonly string[]) => names.map((end) => [end, 0, 0]);
  return {
    class_name: 'Functional',
    config: { name, layers, input_layers: ends(inputs), output_layers: ends(outputs) },
  };
}
