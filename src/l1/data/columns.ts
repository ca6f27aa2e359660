/** Columns of an event table, one number for each event: shapes and values are checked, since a NaN would go unnoticed into every rate. */
import { type Problems, userError } from '../../base/diagnostic.js';
import type { Hdf5Dataset } from '../../data/hdf5/file.js';

/** Reads events `from` to `to` (excluded). */
export type ColumnReader<T> = (from: number, to: number) => T;

/** @param path of the file */
export function checkColumn(
  path: string,
  column: Hdf5Dataset,
  table: Hdf5Dataset | undefined,
  problems: Problems,
): void {
  const count = table?.shape[0] ?? column.shape[0];
  const isColumn = column.shape.length === 1 || (column.shape.length === 2 && column.shape[1] === 1);
  if (isColumn && column.shape[0] === count) return;
  const message = `has shape (${column.shape.join(', ')}) where (${count}) belongs`;
  problems.add('hdf5-shape', `${path}: ${column.name}`, message, 'store one value for each event');
}

/** Energies in hardware units. */
export function energyReader(path: string, column: Hdf5Dataset): ColumnReader<Float32Array> {
  const isEnergy = (value: number): boolean => Number.isFinite(value) && value >= 0;
  return (from, to) => {
    const energies = Float32Array.from(column.read(from, to));
    checkValues(energies, isEnergy, 'no energy', { path, column, from });
    return energies;
  };
}

/** 1 where a seed has fired, 0 elsewhere. */
export function bitReader(path: string, column: Hdf5Dataset): ColumnReader<Uint8Array> {
  return (from, to) => {
    const bits = column.read(from, to);
    checkValues(bits, (value) => value === 0 || value === 1, 'neither 0 nor 1', { path, column, from });
    return Uint8Array.from(bits);
  };
}

interface Place {
  readonly path: string;
  readonly column: Hdf5Dataset;
  /** The event of the first value. */
  readonly from: number;
}

/** @throws AxocError (user) that names the first event whose value is not allowed */
export function checkValues(
  values: ArrayLike<number>,
  isAllowed: (value: number) => boolean,
  complaint: string,
  { path, column, from }: Place,
): void {
  for (let row = 0; row < values.length; row++) {
    if (isAllowed(values[row]!)) continue;
    throw userError(
      'bad-event',
      `${path}: ${column.name}: event ${from + row}`,
      `${values[row]} is ${complaint}`,
      'correct it or leave the event out',
    );
  }
}
