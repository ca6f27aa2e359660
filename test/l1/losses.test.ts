/** Level-1 losses by hand and by finite differences, and losses from a user's module. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import {
  L1ADBaseLoss,
  largestEta,
  longitudinalMomentum,
  type ObjectMask,
  type TriggerObjects,
} from '../../src/l1/losses/base-loss.js';
import { CylPtPzMae } from '../../src/l1/losses/cylindrical.js';
import { isLossModule, openLoss } from '../../src/l1/losses/load-loss.js';
import { lossNames, namedLoss } from '../../src/l1/losses/registry.js';
import type { Executor } from '../../src/tensor/executor.js';
import { gradients } from '../../src/tensor/gradients.js';
import type { Node } from '../../src/tensor/graph.js';
import { constant, input, type Operand, subtract } from '../../src/tensor/ops.js';
import { checkLoss } from '../../src/train/losses/check-loss.js';
import { meanLoss, type ReconstructionLoss } from '../../src/train/losses/loss.js';
import { graphOf } from '../../src/train/model/model.js';
import { runGraph, testExecutors } from '../train/executors.js';

let executors: readonly Executor[];
beforeAll(async () => {
  executors = await testExecutors();
});

/** MET, one muon, two jets. */
const mask: ObjectMask = { MET: [true], EGAMMA: [false, false], MUON: [true, false], JET: [true, true, false] };
const objects = 4;
const normScales = [8, 1, 64, 4, 32, 128, 16, 16, 32, 8, 16, 32];
const normBiases = [20, 0, 70, 6, -3, 280, 30, 2, 71, 12, -1, 70];
const setup = { normScales, normBiases, mask };
const etaUnits = [0, 0.087 / 8, 0.0435, 0.0435];
const turns = [144, 576, 144, 144];

/** Hardware integers to normalised numbers. */
const normalise = (hardware: readonly number[]): Float32Array =>
  Float32Array.from(hardware, (value, index) => (value - normBiases[index % 12]!) / normScales[index % 12]!);

interface Physical {
  readonly pt: number;
  readonly pz: number;
  readonly phi: number;
}

function physicalOf(hardware: readonly number[]): Physical[] {
  return Array.from({ length: objects }, (_, object) => {
    const [pt, eta, phi] = hardware.slice(3 * object, 3 * object + 3) as [number, number, number];
    return {
      pt: pt * 0.5,
      pz: pt * 0.5 * Math.sinh(eta * etaUnits[object]!),
      phi: (phi * 2 * Math.PI) / turns[object]!,
    };
  });
}

/** 25 GeV of missing energy; a muon of 10 GeV; a jet of 60 GeV at eta 2.175, and one that is not there. */
const truth = [50, 0, 30, 20, -100, 500, 120, 50, 100, 0, 0, 0];
const other = [44, 9, 40, 22, -90, 10, 100, 55, 99, 6, 10, 20];

const feedsOf = (a: ArrayLike<number>, b: ArrayLike<number>): Map<string, Float32Array> =>
  new Map([
    ['a', Float32Array.from(a)],
    ['b', Float32Array.from(b)],
  ]);
const tensors = (batch: number): [Node, Node] => [input('a', [batch, 3 * objects]), input('b', [batch, 3 * objects])];

async function lossValue(
  loss: ReconstructionLoss,
  a: readonly number[],
  b: readonly number[],
  executor: Executor,
): Promise<number> {
  const value = meanLoss(loss, ...tensors(a.length / (3 * objects)));
  return (await runGraph(executor, graphOf(new Map([['y', value]])), feedsOf(normalise(a), normalise(b)))).get(
    'y',
  )![0]!;
}

const mean = (terms: readonly number[]): number => terms.reduce((total, term) => total + term, 0) / terms.length;
const pairs = (): [Physical, Physical][] =>
  physicalOf(truth).map((object, index) => [object, physicalOf(other)[index]!]);

describe('values by hand', () => {
  const expected: Readonly<Record<string, () => number>> = {
    cyl_PtPz_mae: () => mean(pairs().map(([a, b]) => Math.abs(a.pt - b.pt) + Math.abs(a.pz - b.pz))),
    cyl_PtPz_mse: () => mean(pairs().map(([a, b]) => (a.pt - b.pt) ** 2 + (a.pz - b.pz) ** 2)),
    cyl_PtPzPhi_mae: () =>
      mean(
        pairs().map(([a, b]) => Math.abs(a.pt - b.pt) + Math.abs(a.pz - b.pz) + a.pt * (1 - Math.cos(a.phi - b.phi))),
      ),
    mae: () => mean(Array.from(normalise(truth), (value, index) => Math.abs(value - normalise(other)[index]!))),
    mse: () => mean(Array.from(normalise(truth), (value, index) => (value - normalise(other)[index]!) ** 2)),
  };

  it('are there for every named loss', () => expect(Object.keys(expected).sort()).toEqual([...lossNames].sort()));

  it.each(lossNames)('%s', async (name) => {
    const loss = namedLoss(name, setup, 'train.loss');
    expect(loss.name).toBe(name);
    for (const executor of executors) {
      const exact = expected[name]!();
      expect((await lossValue(loss, truth, other, executor)) / exact).toBeCloseTo(1, 4);
      expect(await lossValue(loss, truth, truth, executor)).toBe(0);
      // The mean over events: the second is perfect.
      expect((await lossValue(loss, [...truth, ...other], [...other, ...other], executor)) / exact).toBeCloseTo(0.5, 4);
    }
  });

  it('one jet of 60 GeV at eta 2.175 reconstructed at 50 GeV and eta 2.3925, in figures', async () => {
    // pz = 60 sinh(2.175) = 260.705, pz' = 50 sinh(2.3925) = 271.290; |60 - 50| + |260.705 - 271.290| = 20.585, over 4 objects.
    const shifted = truth.with(6, 100).with(7, 55);
    const value = await lossValue(namedLoss('cyl_PtPz_mae', setup, ''), truth, shifted, executors[0]!);
    expect(value).toBeCloseTo((10 + Math.abs(60 * Math.sinh(2.175) - 50 * Math.sinh(2.3925))) / 4, 3);
    expect(value).toBeCloseTo(5.146, 2);
  });

  it('without unscaleEnergy each pt counts in units of its scale', async () => {
    const loss = namedLoss('cyl_PtPz_mae', { ...setup, unscaleEnergy: false }, '');
    const scales = [8, 4, 16, 8];
    const scaled = mean(
      pairs().map(([a, b], index) => (Math.abs(a.pt - b.pt) + Math.abs(a.pz - b.pz)) / (0.5 * scales[index]!)),
    );
    expect((await lossValue(loss, truth, other, executors[0]!)) / scaled).toBeCloseTo(1, 5);
  });

  it('phi is periodic: a full turn changes nothing', async () => {
    const loss = namedLoss('cyl_PtPzPhi_mae', setup, '');
    const turned = truth.map((value, index) => (index % 3 === 2 ? value + turns[Math.floor(index / 3)]! : value));
    expect(await lossValue(loss, truth, turned, executors[0]!)).toBeCloseTo(0, 3);
    const half = truth.with(8, truth[8]! + 72);
    expect(await lossValue(loss, truth, half, executors[0]!)).toBeCloseTo((60 * 2) / 4, 3);
  });
});

describe('gradients', () => {
  /** The gradient of a loss by the reconstruction, and the same by finite differences in double precision. */
  async function compareGradient(
    name: string,
    step: number,
  ): Promise<{ readonly exact: number[]; readonly numeric: number[] }> {
    const random = Random.seeded(5);
    const draw = (): number[] => {
      const pt = (): number => random.integer(10, 200);
      return Array.from({ length: objects }).flatMap(() => [pt(), random.integer(-60, 60), random.integer(0, 143)]);
    };
    const [a, b] = [normalise(draw()), normalise(draw())];
    const [truthNode, reconstruction] = tensors(1);
    const value = meanLoss(namedLoss(name, setup, ''), truthNode, reconstruction);
    const [gradient] = gradients(value, [reconstruction]);
    const exact = (await runGraph(executors[0]!, graphOf(new Map([['g', gradient!]])), feedsOf(a, b))).get('g')!;
    const graph = graphOf(new Map([['y', value]]));
    const numeric: number[] = [];
    for (const index of b.keys()) {
      const at = async (offset: number): Promise<number> =>
        (await runGraph(executors[0]!, graph, feedsOf(a, b.with(index, b[index]! + offset)))).get('y')![0]!;
      numeric.push(((await at(step)) - (await at(-step))) / (2 * step));
    }
    return { exact: Array.from(exact), numeric };
  }

  it.each(lossNames)('of %s agree with finite differences', async (name) => {
    const { exact, numeric } = await compareGradient(name, 1 / 128);
    for (const [index, value] of exact.entries())
      expect(Math.abs(value - numeric[index]!), `${index}: ${value}, ${numeric[index]}`).toBeLessThan(
        0.02 * Math.abs(value) + 0.02,
      );
  });

  it('reach every eta but that of missing energy', async () => {
    const { exact } = await compareGradient('cyl_PtPz_mae', 1 / 128);
    expect(exact[1]).toBe(0);
    for (const object of [1, 2, 3]) expect(Math.abs(exact[3 * object + 1]!)).toBeGreaterThan(0.01);
  });

  it('lead back an eta far beyond the trigger, where sinh would overflow', async () => {
    const far = Float32Array.from(normalise(truth)).with(7, 3000);
    const [a, b] = tensors(1);
    const value = meanLoss(namedLoss('cyl_PtPz_mae', setup, ''), a, b);
    const [gradient] = gradients(value, [b]);
    const graph = graphOf(
      new Map([
        ['y', value],
        ['g', gradient!],
      ]),
    );
    for (const executor of executors) {
      const results = await runGraph(executor, graph, feedsOf(normalise(truth), far));
      expect(Number.isFinite(results.get('y')![0])).toBe(true);
      // d pz / d eta = pt cosh(5.5), by the eta of one normalised unit: 16 * 0.0435.
      expect(results.get('g')![7]! / ((60 * Math.cosh(largestEta) * 16 * 0.0435) / 4)).toBeCloseTo(1, 4);
    }
  });

  it('longitudinal momentum and its slope are continuous at the largest eta', async () => {
    const etas = [largestEta - 0.001, largestEta, largestEta + 0.001];
    const eta = input('eta', [1, 3]);
    const pz = longitudinalMomentum({ pt: constant(1, [1, 3]), eta, phi: eta });
    const values = (
      await runGraph(executors[0]!, graphOf(new Map([['y', pz]])), new Map([['eta', Float32Array.from(etas)]]))
    ).get('y')!;
    for (const [index, value] of etas.entries()) expect(values[index]! / Math.sinh(value)).toBeCloseTo(1, 5);
  });
});

describe('a loss from a module', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'axoc-loss-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const write = (name: string, text: string): string => {
    writeFileSync(path.join(directory, name), text);
    return `./${name}`;
  };
  const load = async (name: string): Promise<ReconstructionLoss> =>
    (await openLoss(name, 'train.common.reconstruction_loss', directory))(setup);
  const base = new URL('../../src/l1/losses/base-loss.ts', import.meta.url).href;
  const ops = new URL('../../src/tensor/ops.ts', import.meta.url).href;

  it('is told from a name by its text, whatever files and directories there are', () => {
    for (const name of lossNames) expect(isLossModule(name), name).toBe(false);
    for (const file of ['./mae', 'losses/mae', 'mae.mjs', 'mae.ts', '..\\mae'])
      expect(isLossModule(file), file).toBe(true);
  });

  it('may be a class that extends L1ADBaseLoss', async () => {
    const file = write(
      'pt-loss.mjs',
      `import { L1ADBaseLoss } from '${base}';
       import { abs, subtract } from '${ops}';
       export default class extends L1ADBaseLoss {
         compute(truth, reconstruction) { return abs(subtract(truth.pt, reconstruction.pt)); }
       }`,
    );
    const loss = await load(file);
    expect(loss.name).toBe('pt-loss');
    expect(await lossValue(loss, truth, other, executors[0]!)).toBeCloseTo(
      mean(pairs().map(([a, b]) => Math.abs(a.pt - b.pt))),
      4,
    );
  });

  it('may be a function', async () => {
    const file = write(
      'function.mjs',
      `export default (truth, reconstruction, { ops, physical }) =>
         ops.square(ops.subtract(physical(truth).pt, physical(reconstruction).pt));`,
    );
    const expectedValue = mean(pairs().map(([a, b]) => (a.pt - b.pt) ** 2));
    expect(await lossValue(await load(file), truth, other, executors[0]!)).toBeCloseTo(expectedValue, 2);
  });

  it.each([
    [
      'is missing',
      './nowhere.mjs',
      undefined,
      'error[unreadable-file]: train.common.reconstruction_loss: ./nowhere.mjs does not exist',
    ],
    ['has no default export', './named.mjs', 'export const loss = 1;', './named.mjs has no default export'],
    [
      'exports something else',
      './number.mjs',
      'export default 3;',
      'the default export of ./number.mjs is neither a class nor a function',
    ],
    [
      'extends nothing',
      './alone.mjs',
      'export default class { compute() {} }',
      'the class of ./alone.mjs does not extend L1ADBaseLoss',
    ],
    ['cannot be parsed', './broken.mjs', 'export default (', './broken.mjs cannot be loaded: '],
    [
      'throws when it is loaded',
      './throws.mjs',
      'throw new Error("no such detector");',
      './throws.mjs cannot be loaded: no such detector',
    ],
  ] as const)('that %s is refused', async (_, name, text, message) => {
    if (text !== undefined) write(name, text);
    await expect(load(name)).rejects.toThrow(message);
  });

  it.each([
    ['throws', './used1.mjs', 'export default () => {\n throw new Error("oh"); }', 'used1.mjs fails in line 2: oh'],
    [
      'uses operations wrongly',
      './used4.mjs',
      'export default (truth, other, { ops }) => ops.matmul(truth, other)',
      '[3,12] cannot be multiplied with [3,12]\n  help: write',
    ],
    [
      'gives the wrong shape',
      './used2.mjs',
      'export default (truth, other, { ops }) => ops.sum(truth, [0])',
      'it gives a tensor of shape [12]',
    ],
    ['gives nothing', './used3.mjs', 'export default () => undefined', 'it gives no tensor'],
  ] as const)('that %s when it is used is refused', async (_, name, text, message) => {
    const loss = await load(write(name, text));
    expect(() => meanLoss(loss, ...tensors(3))).toThrow(message);
    expect(() => meanLoss(loss, ...tensors(3))).not.toThrow('defect');
  });

  it('that finds no axoc to import is told what to do', async () => {
    await expect(load(write('imports.mjs', "import { ops } from 'axoc';"))).rejects.toThrow(
      /cannot be loaded: .*\n {2}help: install axoc beside it/,
    );
  });

  it('that is not finite at the start is found before training', async () => {
    const file = write('nan.mjs', 'export default (truth, other, { ops }) => ops.divide(truth, other);');
    await expect(checkLoss(await load(file), normalise(truth), 12, executors[0]!)).rejects.toThrow(
      'loss "nan": its value is',
    );
  });

  it('whose name is wrong gets the nearest', async () => {
    await expect(load('cyl_ptpz_mae')).rejects.toThrow(/error\[unknown-loss\].*\n.*cyl_PtPz_mae/);
  });
});

it('a normalisation of other objects is refused', () => {
  expect(() => new CylPtPzMae([1, 2, 3], [1, 2, 3], mask)).toThrow(
    'error[wrong-shape]: scales of a loss: 3 numbers for 4 objects',
  );
});

it('a subclass sees physical objects', async () => {
  class PtSum extends L1ADBaseLoss {
    readonly name = 'sum';
    compute(one: TriggerObjects, two: TriggerObjects): Node {
      const apart: Operand = subtract(one.pt, two.pt);
      return apart;
    }
  }
  const loss = new PtSum(normScales, normBiases, mask);
  expect(await lossValue(loss, truth, other, executors[0]!)).toBeCloseTo(mean(pairs().map(([a, b]) => a.pt - b.pt)), 4);
});
