/** Thresholds on the score for target rates: raw (all events above) and pure (those that no other Level-1 seed has taken). */
import { countAbove, percentile, pureScores, type Rate, rateOf, type ZeroBias } from './rates.js';
import { significant } from './significant.js';

export interface Threshold {
  /** kHz, as asked for. */
  readonly target: number;
  readonly kind: 'raw' | 'pure';
  /** An event passes when its score is above. */
  readonly value: number;
  /** What the firmware compares with: it passes when the score's raw integer is at least this. */
  readonly integer: bigint;
  /** What the events say: of all of them, and of those no other seed has taken (absent without Level-1 bits). */
  readonly raw: Rate;
  readonly pure?: Rate;
}

/** Why there is no threshold for a rate. */
export interface Refusal {
  readonly target: number;
  readonly kind: 'raw' | 'pure';
  readonly reason: string;
}

export interface ThresholdOptions {
  /** kHz */
  readonly targets: readonly number[];
  /** Rate of bunch crossings, kHz. */
  readonly bcKhz: number;
  /** Fraction bits of the firmware's score: its raw integer is score * 2^fraction. */
  readonly scoreFraction: number;
  /** Largest raw integer that the type of the firmware's score holds; absent: it has no end. */
  readonly scoreMost?: bigint;
}

/** Fewer events above a threshold give a rate with an error of a third or more. */
const neededAbove = 10;
/** Raw rates on which the pure rate is tabulated, in decades. */
const decadeStep = 0.1;

/**
 * One entry for each kind and target, thresholds or the reason why not. Raw: the percentile 100 - 100 * rate / bcKhz of the
 * scores. Pure: the raw threshold of that raw rate whose pure rate is the target, interpolated on a grid of 0.1 decades.
 */
export function thresholdsOf(zeroBias: ZeroBias, options: ThresholdOptions): readonly (Threshold | Refusal)[] {
  const { targets, bcKhz } = options;
  const sorted = zeroBias.scores.toSorted();
  const pure = zeroBias.level1 === undefined ? undefined : pureScores(zeroBias).toSorted();
  const finish = (target: number, kind: Threshold['kind'], value: number): Threshold | Refusal => {
    const integer = firmwareThreshold(value, options.scoreFraction);
    if (options.scoreMost !== undefined && integer > options.scoreMost) return saturated(target, kind, value, sorted);
    const counted = kind === 'pure' && pure !== undefined ? pure : sorted;
    if (counted.at(-1) === value)
      return tied(target, kind, rateOf(countFrom(counted, value), sorted.length, bcKhz), value);
    return {
      target,
      kind,
      value,
      integer,
      raw: rateOf(countAbove(sorted, value), sorted.length, bcKhz),
      ...(pure === undefined ? {} : { pure: rateOf(countAbove(pure, value), sorted.length, bcKhz) }),
    };
  };
  const raws = targets.map((target) => {
    const refused = tooFew(target, 'raw', sorted.length, bcKhz);
    return refused ?? finish(target, 'raw', rawThreshold(sorted, target, bcKhz));
  });
  const pures = targets.map((target): Threshold | Refusal => {
    if (pure === undefined) return { target, kind: 'pure', reason: 'pure: the events carry no Level-1 bits' };
    const refused = tooFew(target, 'pure', sorted.length, bcKhz);
    if (refused !== undefined) return refused;
    if (pure.length === 0) return { target, kind: 'pure', reason: 'pure: another seed has taken every test event' };
    if (pure[0] === pure.at(-1)) return tied(target, 'pure', rateOf(pure.length, sorted.length, bcKhz), pure[0]!);
    const rate = rawRateOfPure(sorted, pure, target, bcKhz);
    return typeof rate === 'number'
      ? finish(target, 'pure', rawThreshold(sorted, rate, bcKhz))
      : { target, kind: 'pure', reason: rate.reason };
  });
  return [...raws, ...pures];
}

export function isThreshold(entry: Threshold | Refusal): entry is Threshold {
  return 'value' in entry;
}

/** The smallest raw integer whose score is above `value`, so that `integer >= threshold` and `score > value` are the same decision. */
export function firmwareThreshold(value: number, fraction: number): bigint {
  return BigInt(Math.floor(value * 2 ** fraction)) + 1n;
}

/** Fewest zero-bias events that give a threshold for a rate. */
export function neededEvents(rate: number, bcKhz: number): number {
  return Math.ceil((neededAbove * bcKhz) / rate);
}

/** The raw threshold of one rate; undefined where the scores are too few for it. */
export function rawThresholdOf(scores: Float64Array, rate: number, bcKhz: number): number | undefined {
  return tooFew(rate, 'raw', scores.length, bcKhz) === undefined
    ? rawThreshold(scores.toSorted(), rate, bcKhz)
    : undefined;
}

function rawThreshold(sorted: Float64Array, rate: number, bcKhz: number): number {
  return percentile(sorted, 100 - (100 * rate) / bcKhz);
}

/** Why a number of zero-bias events gives no threshold for a rate; undefined where it does. */
export function tooFew(target: number, kind: Threshold['kind'], events: number, bcKhz: number): Refusal | undefined {
  if (target > bcKhz) return { target, kind, reason: `bunches cross at ${bcKhz} kHz: no rate is higher` };
  const above = (events * target) / bcKhz;
  if (above >= neededAbove) return undefined;
  return {
    target,
    kind,
    reason:
      `${above.toFixed(1)} of ${events.toLocaleString('en-US')} test events would be above it, ${neededAbove} are needed: ` +
      `give ${neededEvents(target, bcKhz).toLocaleString('en-US')} test events`,
  };
}

/** The firmware would have to compare with an integer that its score never reaches, and that has no place in its type. */
function saturated(target: number, kind: Threshold['kind'], value: number, sorted: Float64Array): Refusal {
  return {
    target,
    kind,
    reason:
      `${countFrom(sorted, value).toLocaleString('en-US')} test events have the largest score that its type holds, ${value}: ` +
      'give the score a wider type',
  };
}

/** The threshold is the largest score of all, which no event is above: the trigger would never fire. */
function tied(target: number, kind: Threshold['kind'], lowest: Rate, value: number): Refusal {
  return {
    target,
    kind,
    reason:
      `${kind === 'pure' ? 'pure: ' : ''}${lowest.events.toLocaleString('en-US')} test events share the largest score, ${value}, ` +
      `so no rate is below ${significant(lowest.rate, 4)} kHz`,
  };
}

/** Scores that are not below `value`. @param sorted ascending */
function countFrom(sorted: Float64Array, value: number): number {
  return sorted.reduce((sum, score) => sum + (score >= value ? 1 : 0), 0);
}

/** The raw rate at which the pure rate is `target`: both rise with a falling threshold. */
function rawRateOfPure(
  sorted: Float64Array,
  pure: Float64Array,
  target: number,
  bcKhz: number,
): number | { readonly reason: string } {
  const pureAt = (rate: number): number =>
    rateOf(countAbove(pure, rawThreshold(sorted, rate, bcKhz)), sorted.length, bcKhz).rate;
  let below = { raw: 0, pure: 0 };
  for (let step = Math.floor(Math.log10(target) / decadeStep); ; step++) {
    const raw = Math.min(10 ** (step * decadeStep), bcKhz);
    const here = { raw, pure: pureAt(raw) };
    if (here.pure >= target) {
      const part = (target - below.pure) / (here.pure - below.pure);
      return below.raw + part * (here.raw - below.raw);
    }
    if (raw === bcKhz) return { reason: `pure: the rate of all events together is ${significant(here.pure, 4)} kHz` };
    below = here;
  }
}
