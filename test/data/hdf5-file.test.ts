/** HDF5 files of the general kind: groups, attributes, slabs, growth; the same bytes for the same content. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { userError } from '../../src/base/diagnostic.js';
import { withHdf5File } from '../../src/data/hdf5/file.js';
import { openRows } from '../../src/data/hdf5/rows.js';
import { type Hdf5Writer, writeHdf5File } from '../../src/data/hdf5/write.js';

const work = mkdtempSync(path.join(tmpdir(), 'axoc-hdf5-file-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const inWork = (name: string): string => path.join(work, name);

const table = Float32Array.from({ length: 5000 * 6 }, (_, index) => (index * 7919) % 1000);

function fill(file: Hdf5Writer): void {
  file.attribute('', 'config', '{"é": 1}');
  file.attribute('', 'long', 'x'.repeat(100_000));
  file.group('model/empty');
  file.attribute('model', 'seed', 7);
  file.attribute('model', 'scales', [0.5, 2]);
  file.attribute('model', 'names', ['pt', 'η']);
  file.dataset('model/kernel', Float64Array.of(0.1, 0.2, 0.3, 0.4), [2, 2]);
  file.dataset('packed', Int16Array.of(-1, 2, 3, -4), [4, 1], { gzip: 4 });
  file.dataset('single', Int32Array.of(42), []);
  file.strings('names', ['first', 'zweitens ä']);
  const rows = file.appender('data/rows', 'float32', [2, 3]);
  for (let from = 0; from < 5000; from += 700) rows.append(table.subarray(from * 6, Math.min(from + 700, 5000) * 6));
  file.appender('data/none', 'int32', [3]);
  file.attribute('data/rows', 'unit', 'GeV');
}

describe('HDF5 files', () => {
  it('give back what was written', async () => {
    const file = inWork('sub/all.h5');
    await writeHdf5File(file, fill);
    await withHdf5File(file, (h5) => {
      expect(h5.datasets).toEqual(['data/none', 'data/rows', 'model/kernel', 'names', 'packed', 'single']);
      expect(h5.groups).toEqual(['data', 'model', 'model/empty']);
      expect(h5.has('model/empty') && !h5.has('model/full')).toBe(true);
      expect(h5.attributes('').get('config')).toBe('{"é": 1}');
      expect(h5.attributes('').get('long')).toBe('x'.repeat(100_000));
      expect([...h5.attributes('model')]).toEqual([
        ['names', ['pt', 'η']],
        ['scales', [0.5, 2]],
        ['seed', 7],
      ]);
      expect(h5.attributes('data/rows').get('unit')).toBe('GeV');
      const kernel = h5.dataset('model/kernel');
      expect([kernel.type, kernel.shape, kernel.readAll()]).toEqual([
        'float64',
        [2, 2],
        Float64Array.of(0.1, 0.2, 0.3, 0.4),
      ]);
      expect(h5.dataset('packed').readAll()).toEqual(Int16Array.of(-1, 2, 3, -4));
      expect([...h5.dataset('single').readAll()]).toEqual([42]);
      expect(h5.dataset('names').readStrings()).toEqual(['first', 'zweitens ä']);
      expect(h5.dataset('data/none').shape).toEqual([0, 3]);
      const rows = h5.dataset('data/rows');
      expect(rows.shape).toEqual([5000, 2, 3]);
      expect(rows.readAll()).toEqual(table);
      expect(rows.read(699, 702)).toEqual(table.subarray(699 * 6, 702 * 6));
    });
  });

  it('have the same bytes whenever they are written', async () => {
    await writeHdf5File(inWork('early.h5'), fill);
    await setTimeout(1100);
    await writeHdf5File(inWork('late.h5'), fill);
    expect(readFileSync(inWork('late.h5')).equals(readFileSync(inWork('early.h5')))).toBe(true);
  });

  it('are replaced whole or not at all', async () => {
    const file = inWork('kept.h5');
    await writeHdf5File(file, fill);
    const before = readFileSync(file);
    const failing = writeHdf5File(file, (h5) => {
      h5.dataset('half', Int32Array.of(1), [1]);
      throw userError('bad-event', 'row 3', 'is bad');
    });
    await expect(failing).rejects.toThrow('error[bad-event]: row 3: is bad');
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(work).filter((name) => name.includes('partial'))).toEqual([]);
    writeFileSync(inWork('file'), '');
    await expect(writeHdf5File(inWork('file/x.h5'), fill)).rejects.toThrow('error[unwritable-file]');
    expect(existsSync(inWork('file/x.h5'))).toBe(false);
  });

  it('leave nothing when they are interrupted', async () => {
    const partial = (): string[] => readdirSync(work).filter((name) => name.startsWith('stopped.h5'));
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    const before = process.listenerCount('SIGTERM');
    const writing = writeHdf5File(inWork('stopped.h5'), async () => {
      expect(partial()).toHaveLength(1);
      process.emit('SIGTERM', 'SIGTERM');
      expect(partial()).toEqual([]);
      expect(kill).toHaveBeenCalledWith(process.pid, 'SIGTERM');
    });
    await expect(writing).rejects.toThrow();
    kill.mockRestore();
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });

  it('refuse rows that are not whole', async () => {
    const writing = writeHdf5File(inWork('x.h5'), (h5) => h5.appender('a', 'int32', [3]).append([1, 2, 3, 4]));
    await expect(writing).rejects.toThrow('4 values are no whole rows of 3');
  });

  it('explain what is not there or cannot be read', async () => {
    const file = inWork('errors.h5');
    await writeHdf5File(file, fill);
    await withHdf5File(file, (h5) => {
      expect(() => h5.dataset('data/row')).toThrow(
        `error[hdf5-dataset]: ${file}: has no dataset "data/row" among its 6 datasets\n  help: did you mean "data/rows"?`,
      );
      expect(() => h5.dataset('names').readAll()).toThrow(
        `error[hdf5-type]: ${file}: names: its elements are strings, not plain numbers\n  help: store integers or floats`,
      );
    });
    await expect(withHdf5File(inWork('nowhere.h5'), () => 0)).rejects.toThrow('no such file or directory');
    writeFileSync(inWork('text.h5'), 'no HDF5');
    await expect(withHdf5File(inWork('text.h5'), () => 0)).rejects.toThrow('error[damaged-hdf5]');
    truncateSync(file, 900);
    await expect(withHdf5File(file, () => 0)).rejects.toThrow(
      `error[damaged-hdf5]: ${file}: cannot be read as HDF5: truncated file: eof = 900`,
    );
  });
});

describe('openRows', () => {
  it('reads any rows of a dataset as float32, as often as it is opened', async () => {
    const file = inWork('rows.h5');
    await writeHdf5File(file, fill);
    const sources = await Promise.all([1, 2].map(() => openRows({ path: file, dataset: 'data/rows' })));
    const into = new Float32Array(10 * 6);
    for (const source of sources) {
      expect([source.count, source.width]).toEqual([5000, 6]);
      for (const from of [0, 4095, 4990]) {
        source.read(from, 10, into);
        expect(into).toEqual(table.subarray(from * 6, (from + 10) * 6));
      }
      source.close();
    }
    await expect(openRows({ path: file, dataset: 'names' })).rejects.toThrow(
      `error[hdf5-shape]: ${file}: names: has shape (2), not rows of values`,
    );
  });
});
