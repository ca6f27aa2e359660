/** Rows of numbers in an HDF5 dataset, read in slabs as float32: what training is fed with, in this thread or another. */
import { userError } from '../../base/diagnostic.js';
import { openHdf5File } from './file.js';

/** Says where rows are; plain data, so that it can be sent to a worker, which opens them for itself. */
export interface RowDescriptor {
  /** The HDF5 file. */
  readonly path: string;
  /** Name of a dataset with at least two axes; all but the first are one row, last index fastest. */
  readonly dataset: string;
}

export interface RowSource extends RowDescriptor {
  /** Number of rows. */
  readonly count: number;
  /** Values of one row. */
  readonly width: number;
  /** Fills the start of `into` with `count` rows from row `from` on; `count * width` values. */
  read(from: number, count: number, into: Float32Array): void;
  close(): void;
}

/**
 * @throws AxocError (user) when the file or the dataset is not there or holds no rows of numbers
 */
export async function openRows({ path, dataset: name }: RowDescriptor): Promise<RowSource> {
  const file = await openHdf5File(path);
  try {
    const dataset = file.dataset(name);
    if (dataset.shape.length < 2) {
      const shape = `(${dataset.shape.join(', ')})`;
      throw userError(
        'hdf5-shape',
        `${path}: ${name}`,
        `has shape ${shape}, not rows of values`,
        'name another dataset',
      );
    }
    const [count, ...rowShape] = dataset.shape as [number, ...number[]];
    const width = rowShape.reduce((product, length) => product * length, 1);
    return {
      path,
      dataset: name,
      count,
      width,
      read: (from, rows, into) => into.set(dataset.read(from, from + rows)),
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}
