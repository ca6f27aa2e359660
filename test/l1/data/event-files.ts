/** Small event files for tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { type Hdf5Writer, writeHdf5File } from '../../../src/data/hdf5/write.js';

/** Rows of the event table at which the kinds begin. */
export const rowOf = { MET: 0, EGAMMA: 1, MUON: 13, JET: 21 } as const;

/** An event: objects by row of the table, and what else the file knows. */
export interface SmallEvent {
  readonly objects?: Readonly<Record<number, readonly [pt: number, eta: number, phi: number]>>;
  readonly et?: number;
  readonly ht?: number;
  readonly pileup?: number;
  readonly level1?: boolean;
}

export function tableOf(events: readonly SmallEvent[], rows = 33): Int32Array {
  const table = new Int32Array(events.length * rows * 3);
  events.forEach(({ objects = {} }, event) => {
    for (const [row, values] of Object.entries(objects)) table.set(values, 3 * (event * rows + Number(row)));
  });
  return table;
}

export function addEvents(
  file: Hdf5Writer,
  events: readonly SmallEvent[],
  names: { table: string; et: string; ht: string; pileup: string; level1: string },
): void {
  const count = events.length;
  file.dataset(names.table, tableOf(events), [count, 33, 3]);
  file.dataset(
    names.et,
    Int32Array.from(events, ({ et = 700 }) => et),
    [count],
  );
  file.dataset(
    names.ht,
    Int32Array.from(events, ({ ht = 60 }) => ht),
    [count],
  );
  file.dataset(
    names.pileup,
    Int32Array.from(events, ({ pileup = 50 }) => pileup),
    [count],
  );
  file.dataset(
    names.level1,
    Uint8Array.from(events, ({ level1 = false }) => (level1 ? 1 : 0)),
    [count],
  );
}

export const backgroundNames = { table: 'full_data_cyl', et: 'ET', ht: 'HT', pileup: 'event_info', level1: 'L1bit' };

export function signalNamesOf(name: string): typeof backgroundNames {
  return { table: name, et: `${name}_ET`, ht: `${name}_HT`, pileup: `${name}_nPV`, level1: `${name}_l1bit` };
}

/** A directory that is gone after the tests of the file. */
export function workDirectory(): (name: string) => string {
  const work = mkdtempSync(path.join(tmpdir(), 'axoc-l1-'));
  afterAll(() => rmSync(work, { recursive: true, force: true }));
  return (name) => path.join(work, name);
}

export async function writeBackground(file: string, events: readonly SmallEvent[]): Promise<string> {
  await writeHdf5File(file, (h5) => addEvents(h5, events, backgroundNames));
  return file;
}

export async function writeSignals(
  file: string,
  signals: Readonly<Record<string, readonly SmallEvent[]>>,
): Promise<string> {
  await writeHdf5File(file, (h5) => {
    for (const [name, events] of Object.entries(signals)) addEvents(h5, events, signalNamesOf(name));
  });
  return file;
}

/** The whole text of the error with which the work must fail. */
export async function errorOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => {
      throw new Error('no error was thrown');
    },
    (error: Error) => error.message,
  );
}
