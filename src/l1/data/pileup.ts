/** The number of pile-up vertices of each event, from `event_info` or `<signal>_nPV`. */
import { userError } from '../../base/diagnostic.js';
import type { Hdf5Dataset, Hdf5File } from '../../data/hdf5/file.js';
import { type ColumnReader, checkValues } from './columns.js';

/** Names under which the attribute `columns` may list it, whatever their case. */
const pileupNames: readonly string[] = ['npv', 'pileup', 'pile-up', 'pu', 'npu'];

/**
 * A dataset (events) or (events, 1) is the pile-up itself. In (events, K) it is the column `chosen`, else the one that the
 * dataset's attribute `columns` (a list of names) calls nPV, pileup, PU or nPU.
 * @throws AxocError (user) when the column is not known or the shape does not fit
 */
export function pileupReader(
  file: Hdf5File,
  dataset: Hdf5Dataset,
  count: number,
  chosen?: number,
): ColumnReader<Float32Array> {
  const place = `${file.path}: ${dataset.name}`;
  const [events, width = 1] = dataset.shape;
  if (dataset.shape.length > 2 || events !== count) {
    const message = `has shape (${dataset.shape.join(', ')}) where (${count}) or (${count}, columns) belongs`;
    throw userError('hdf5-shape', place, message, 'store the pile-up of each event, or one row of columns');
  }
  const column = width === 1 ? 0 : (chosen ?? namedColumn(file, dataset));
  if (column === undefined || column >= width) {
    const message =
      column === undefined ? `does not say which of its ${width} columns is the pile-up` : `has no column ${column}`;
    throw userError(
      'pileup-column',
      place,
      message,
      'name the columns in its attribute "columns", or say which: --pileup-column, in a configuration BACKGROUND.pileup_column',
    );
  }
  return (from, to) => {
    const values = dataset.read(from, to);
    const pileup = Float32Array.from({ length: to - from }, (_, row) => values[row * width + column]!);
    checkValues(pileup, Number.isFinite, 'no number of vertices', { path: file.path, column: dataset, from });
    return pileup;
  };
}

function namedColumn(file: Hdf5File, dataset: Hdf5Dataset): number | undefined {
  const names = file.attributes(dataset.name).get('columns');
  if (!Array.isArray(names)) return undefined;
  const index = names.findIndex((name) => pileupNames.includes(String(name).toLowerCase()));
  return index < 0 ? undefined : index;
}
