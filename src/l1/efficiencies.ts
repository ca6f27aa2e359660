/** What a threshold keeps of a signal, alone and beside the rest of the Level-1 menu. */

/** Events of a signal, or of the background. */
export interface SignalEvents {
  /** One for each event, none NaN. */
  readonly scores: Float64Array;
  /** 1 where another Level-1 seed has fired; absent when the file does not know. */
  readonly level1?: Uint8Array;
  /** GeV; absent when the file does not know. */
  readonly ht?: Float32Array;
}

/** Fractions of all events of the signal. */
export interface Efficiencies {
  readonly events: number;
  /** Score above the threshold. */
  readonly raw: number;
  /** Another seed has fired. */
  readonly level1?: number;
  /** HT above the threshold of the menu's HT seed. */
  readonly ht?: number;
  /** Score above the threshold and no other seed has fired. */
  readonly pure?: number;
  /** (either) - (another seed): what the menu gains. Equal to `pure`, counted by itself. */
  readonly improvement?: number;
}

/** @param htThreshold GeV */
export function efficienciesOf(signal: SignalEvents, threshold: number, htThreshold: number): Efficiencies {
  const { scores, level1, ht } = signal;
  const events = scores.length;
  let [raw, taken, pure, either, hard] = [0, 0, 0, 0, 0];
  for (let event = 0; event < events; event++) {
    const passes = scores[event]! > threshold;
    const isTaken = level1 !== undefined && level1[event] !== 0;
    if (passes) raw++;
    if (isTaken) taken++;
    if (passes && !isTaken) pure++;
    if (passes || isTaken) either++;
    if (ht !== undefined && ht[event]! > htThreshold) hard++;
  }
  return {
    events,
    raw: raw / events,
    ...(level1 === undefined
      ? {}
      : { level1: taken / events, pure: pure / events, improvement: (either - taken) / events }),
    ...(ht === undefined ? {} : { ht: hard / events }),
  };
}
