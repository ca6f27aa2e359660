/** What the training benches train: the deployed trigger's variational autoencoder on made-up rows of its input. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Random } from '../src/base/random.js';
import type { RowDescriptor } from '../src/data/hdf5/rows.js';
import { writeHdf5File } from '../src/data/hdf5/write.js';
import { CylPtPzMae } from '../src/l1/losses/cylindrical.js';
import { buildObjective } from '../src/train/model/build-objective.js';
import { buildModel } from '../src/train/model/model.js';
import { defaultModelOptions } from '../src/train/model/options.js';
import type { Objective } from '../src/train/objective.js';

export const width = 57;
const blockRows = 50_000;

/** Rows of normal deviates; a third of the objects are missing, as in real events. */
export async function makeRows(path: string, count: number): Promise<RowDescriptor> {
  const descriptor = { path, dataset: 'rows' };
  if (existsSync(path)) return descriptor;
  mkdirSync(dirname(path), { recursive: true });
  await writeHdf5File(path, (file) => {
    const rows = file.appender('rows', 'float32', [width]);
    const random = Random.seeded(11);
    for (let done = 0; done < count; done += blockRows) {
      const block = new Float32Array(Math.min(blockRows, count - done) * width);
      random.fillNormal(block);
      for (let object = 0; object < block.length; object += 3)
        if (random.chance(1 / 3)) block.fill(0, object, object + 3);
      rows.append(block);
    }
  });
  return descriptor;
}

/** 57-28-15-8 quantised, decoder 24-32-64-128-57 with batch normalisation, the loss cyl_PtPz_mae. */
export function productionObjective(exactBits: 24 | 53): Objective {
  const scales = Array.from({ length: width }, (_, column) => (column % 3 === 0 ? 16 : 32));
  const zeros = scales.map(() => 0);
  const mask = { MET: [true], EGAMMA: times(4), MUON: times(4), JET: times(10) };
  const reconstruction = new CylPtPzMae(scales, zeros, mask, false);
  const model = buildModel(defaultModelOptions, exactBits);
  return buildObjective(model, { reconstruction, alpha: 1, beta: 0.604108559135001 });
}

function times(count: number): readonly boolean[] {
  return Array<boolean>(count).fill(true);
}
