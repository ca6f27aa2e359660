/** Prints what executing a model has shown: legs that agree, warnings seen to happen, rounded inputs. */
import type { Verified } from '../compile/verify-model.js';
import type { Warning } from '../lower/warnings.js';
import type { QuantisedEvents } from '../network/quantise-events.js';
import type { CastCount } from '../verify/coverage.js';
import { printCount, printLine, printNote } from './print.js';

export function printLegs({ legs, notRun }: Pick<Verified, 'legs' | 'notRun'>): void {
  for (const leg of legs) {
    printLine(
      `${leg.leg.padEnd(11)}  equal on ${printCount(leg.vectors)} vectors, ${printCount(leg.values)} values  (${leg.summary})`,
    );
  }
  for (const { leg, reason } of notRun) printNote(`${leg.padEnd(11)}  not run: ${reason}`);
}

/** For each warning about a cast, how often the vectors made it happen. */
export function printSeen(
  warnings: readonly Warning[],
  counts: { readonly given: readonly CastCount[]; readonly all: readonly CastCount[] },
): void {
  for (const warning of warnings) {
    const given = counts.given.find(({ id }) => id === warning.cast);
    const all = counts.all.find(({ id }) => id === warning.cast);
    if (given === undefined || all === undefined) continue;
    const directed = `${printCount(all.overflows - given.overflows)} of ${printCount(all.casts - given.casts)} values of the directed vectors`;
    const events =
      given.casts === 0
        ? ''
        : `${printCount(given.overflows)} of ${printCount(given.casts)} values of the given events, `;
    printNote(`${warning.code} at ${warning.place}: happened in ${events}${directed}`);
  }
}

export function printRounded(events: Pick<QuantisedEvents, 'roundedCount'> | undefined): void {
  if (events === undefined || events.roundedCount === 0) return;
  printNote(
    `${printCount(events.roundedCount)} input values were not in the input type: its modes have rounded them, or clamped what was out of range`,
  );
}
