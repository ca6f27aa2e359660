/** What an epoch's record says of the signals: area under the ROC curve, and efficiency at a fixed background rate. */
import type { Parameters } from '../../train/fit.js';
import type { PreparedData } from '../data/prepared.js';
import { areaUnderRoc, efficiencyAbove } from '../separation.js';
import { neededEvents, rawThresholdOf } from '../thresholds.js';
import type { Scorer } from './scorer.js';

export interface MeasureOptions {
  /** Epochs between measurements; 0: never. */
  readonly everyEpochs: number;
  /** Background rate of the efficiency, kHz. */
  readonly rate: number;
  /** Rate of bunch crossings, kHz. */
  readonly bcKhz: number;
}

/** Signal events that are scored after an epoch. */
const signalEvents = 20_000;
/** Background events that an area is measured with; an efficiency takes as many as its rate needs. */
const backgroundEvents = 50_000;

/**
 * `auc/SIGNAL`, and `efficiency/SIGNAL` where the test events are enough for the rate.
 * @param epoch from 1
 */
export async function measureEpoch(
  scorer: Scorer,
  data: PreparedData,
  options: MeasureOptions,
  parameters: Parameters,
  epoch: number,
): Promise<Readonly<Record<string, number>>> {
  const { everyEpochs, rate, bcKhz } = options;
  if (everyEpochs === 0 || epoch % everyEpochs !== 0 || data.signals.size === 0) return {};
  const needed = neededEvents(rate, bcKhz);
  const background = await scorer.score(data.test, parameters, Math.max(backgroundEvents, needed));
  const threshold = rawThresholdOf(background, rate, bcKhz);
  const record: Record<string, number> = {};
  for (const [name, set] of data.signals) {
    if (set.count === 0) continue;
    const scores = await scorer.score(set, parameters, signalEvents);
    record[`auc/${name}`] = areaUnderRoc(background, scores).auc;
    if (threshold !== undefined) record[`efficiency/${name}`] = efficiencyAbove(scores, threshold);
  }
  return record;
}
