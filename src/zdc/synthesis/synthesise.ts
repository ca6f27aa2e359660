/** Makes synthetic runs of showers: the text files of an extraction, labelled as made. */
import { breathe } from '../../base/breathe.js';
import type { Progress } from '../../base/progress.js';
import { Random } from '../../base/random.js';
import { calorimeters } from '../calorimeter.js';
import { drawPrimary, type Primary } from './primaries.js';
import { respond } from './response.js';
import { RunWriter } from './run-writer.js';

export interface SynthesisOptions {
  /** Directory for the files of all runs. */
  readonly out: string;
  /** Showers of one run. */
  readonly showers: number;
  readonly runs: number;
  /** Number of the first run. */
  readonly firstRun: number;
  /** How often a particle comes again within its run, on average. */
  readonly repeats: number;
  readonly seed: number;
}

const showersAtOnce = 256;

/** Files and printouts carry it. */
export const syntheticLabel = 'axoc zdc synthesise: not measured, not simulated';

/** Same options, same bytes; a run depends on the seed and its number alone. */
export async function synthesiseRuns(
  options: SynthesisOptions,
  progress: (label: string, total: number) => Progress = () => ({ advance() {}, done() {} }),
): Promise<void> {
  const { runs, firstRun, showers } = options;
  const shown = progress('showers', runs * showers);
  try {
    for (let run = firstRun; run < firstRun + runs; run++) await writeRun(run, options, shown);
  } finally {
    shown.done();
  }
}

async function writeRun(
  run: number,
  { out, showers, repeats, seed }: SynthesisOptions,
  shown: Progress,
): Promise<void> {
  const random = Random.seeded(Math.imul(seed, 0x9e3779b1) + run);
  const writer = new RunWriter(out, run, `${syntheticLabel}\nseed ${seed}, run ${run}`);
  try {
    const maker = new ShowerMaker(random, Math.ceil(showers / repeats));
    for (let done = 0; done < showers; done++) {
      const { primary, sums } = maker.next();
      writer.add(primary, sums, maker.neutron, maker.proton);
      if (done % showersAtOnce === showersAtOnce - 1) {
        shown.advance(showersAtOnce);
        await breathe();
      }
    }
    shown.advance(showers % showersAtOnce);
    writer.commit();
  } finally {
    writer.discard();
  }
}

export interface MadeShower {
  readonly primary: Primary;
  readonly sums: readonly [neutron: number, proton: number];
}

/** Draws showers of a stock of particles, each again and again: an extraction has those with any photons alone. */
export class ShowerMaker {
  /** Photons of the shower that `next` has made, y fastest. */
  readonly neutron = new Uint16Array(calorimeters.ZN.shape[0] * calorimeters.ZN.shape[1]);
  readonly proton = new Uint16Array(calorimeters.ZP.shape[0] * calorimeters.ZP.shape[1]);
  readonly #random: Random;
  readonly #stock: readonly Primary[];

  constructor(random: Random, particles: number) {
    this.#random = random;
    let stock: Primary[];
    // A stock of particles that leave nothing would be drawn from in vain.
    do stock = Array.from({ length: particles }, () => drawPrimary(random));
    while (!stock.some((primary) => isSeen(this.#respond(primary))));
    this.#stock = stock;
  }

  next(): MadeShower {
    while (true) {
      const primary = this.#random.pick(this.#stock);
      const sums = this.#respond(primary);
      if (isSeen(sums)) return { primary, sums };
    }
  }

  #respond(primary: Primary): readonly [neutron: number, proton: number] {
    this.neutron.fill(0);
    this.proton.fill(0);
    return respond(primary, this.neutron, this.proton, this.#random);
  }
}

function isSeen([neutron, proton]: readonly [number, number]): boolean {
  return neutron + proton > 0;
}
