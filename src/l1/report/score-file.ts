/** Scores events of a file, of any format that axoc reads: raw integer, value, and what each threshold decides. */
import type { StoredThreshold } from '../../artefact/artefact.js';
import { userError } from '../../base/diagnostic.js';
import { startProgress } from '../../base/progress.js';
import { encodeRows } from '../../data/encode-rows.js';
import { openEvents } from '../../data/event-stream.js';
import { ResultWriter } from '../../data/result-writer.js';
import type { Network } from '../../network/network.js';
import type { EventUnit } from '../../network/quantise-events.js';
import { firmwareRunnerOf } from './firmware-runner.js';

export interface ScoreFileOptions {
  readonly input: string;
  readonly dataset?: string;
  readonly unit: EventUnit;
  /** Absent: the scores are only counted. */
  readonly output?: string;
  readonly thresholds: readonly StoredThreshold[];
}

export interface ScoredFile {
  readonly events: number;
  /** Ends and mean of the scores; absent without events. */
  readonly scores?: { readonly least: number; readonly most: number; readonly mean: number };
  /** Events that pass, one number for each threshold. */
  readonly passed: readonly number[];
}

const eventsAtOnce = 8192;
/** Integers up to this many bits are exact as doubles, which the columns of the output are. */
const mostBits = 53;

/** @throws AxocError (user) for a network without a score, and for events that do not fit it; an older output stands then */
export async function scoreFile(network: Network, source: string, options: ScoreFileOptions): Promise<ScoredFile> {
  const { thresholds } = options;
  const runner = await firmwareRunnerOf(network, source);
  if (runner.scoreBits > mostBits) {
    const message = `its score has ${runner.scoreBits} bits: integers and values together are exact up to ${mostBits}`;
    throw userError('result-too-wide', source, message, 'use axoc simulate, which writes integers alone');
  }
  const columns = ['integer', 'score', ...thresholds.map(({ key, kind }) => `${kind} ${key} kHz`)];
  const limits = thresholds.map(({ integer }) => Number(integer));
  const passed = thresholds.map(() => 0);
  const step = 2 ** -runner.scoreFraction;
  let [events, least, most, sum] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  const stream = await openEvents(options.input, options.dataset === undefined ? {} : { dataset: options.dataset });
  const progress = startProgress('scoring', stream.count);
  const writer =
    options.output === undefined ? undefined : new ResultWriter(options.output, { width: columns.length, columns });
  try {
    for await (const block of stream.blocks(eventsAtOnce)) {
      const raws = runner.scoreBlock(block, options.unit, events);
      const values = new Float64Array(writer === undefined ? 0 : raws.length * columns.length);
      for (let row = 0; row < raws.length; row++) {
        const raw = raws[row]!;
        const score = raw * step;
        for (let index = 0; index < limits.length; index++) if (raw >= limits[index]!) passed[index]!++;
        least = Math.min(least, score);
        most = Math.max(most, score);
        sum += score;
        if (writer === undefined) continue;
        const at = row * columns.length;
        values[at] = raw;
        values[at + 1] = score;
        for (let index = 0; index < limits.length; index++) values[at + 2 + index] = raw >= limits[index]! ? 1 : 0;
      }
      if (writer !== undefined)
        await writer.append(
          encodeRows({ values, width: columns.length, firstRow: events }, writer.format, options.output!),
        );
      events += raws.length;
      progress.advance(raws.length);
    }
    await writer?.finish();
  } finally {
    progress.done();
    writer?.discard();
    stream.close();
  }
  return { events, ...(events === 0 ? {} : { scores: { least, most, mean: sum / events } }), passed };
}
