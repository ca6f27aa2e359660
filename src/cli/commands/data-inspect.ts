/** `axoc data inspect`: what is in an event file or a prepared one. */
import type { Command } from 'commander';
import type { EventLayout } from '../../l1/data/event-block.js';
import { inspectEvents, isPrepared, type Range, type SourceInspection } from '../../l1/data/inspect.js';
import { energyUnit, objectFeatures } from '../../l1/data/objects.js';
import { openPrepared, type PreparedData } from '../../l1/data/prepared.js';
import { unorderedNotice } from '../../l1/data/summary.js';
import { printCount, printLine, printTable } from '../print.js';

const layoutNames: Readonly<Record<EventLayout, string>> = {
  background: 'trigger objects, background',
  signals: 'trigger objects, signals',
  particles: 'particles of the public 40 MHz challenge, converted to hardware units',
  integers: '57 hardware integers an event',
};

export function addDataInspect(data: Command): void {
  data
    .command('inspect')
    .argument('<file>', 'events, or a prepared file')
    .description('layout, counts, ranges in hardware units, occupancy, saturation, Level-1 rate')
    .action(async (path: string) => {
      if (await isPrepared(path)) {
        const prepared = await openPrepared(path);
        try {
          printLine(`${path}: prepared for training`);
          printPrepared(prepared);
          printNormalisation(prepared);
        } finally {
          prepared.close();
        }
        return;
      }
      const { layout, synthetic, sources } = await inspectEvents(path);
      printLine(`${path}: ${layoutNames[layout]}`);
      printSynthetic(synthetic);
      for (const source of sources) printSource(source);
    });
}

function printSynthetic(label: string | undefined): void {
  if (label !== undefined) printLine(`synthetic: ${label}`);
}

function printSource(source: SourceInspection): void {
  printLine();
  printLine(`${source.name}: ${printCount(source.count)} events`);
  const computed = source.hasComputedEnergies ? ' (summed over the jets: the file has none)' : '';
  printLine(
    `  mean ET ${gev(source.et)}, mean HT ${gev(source.ht)}${computed}; ET saturated in ${percent(source.saturatedEt)}`,
  );
  printLine(`  mean pile-up ${source.pileup === undefined ? 'not in the file' : source.pileup.toFixed(1)}`);
  printLine(
    `  Level-1 menu ${source.level1 === undefined ? 'not in the file: no pure rates' : `keeps ${percent(source.level1)}`}`,
  );
  if (source.unordered > 0) printLine(`  not ordered by pt: ${printCount(source.unordered)} events`);
  printTable(
    ['object', 'there', 'saturated', 'mean pt', 'pt', 'eta', 'phi'],
    source.objects.map((object) => [
      object.name,
      percent(object.occupancy),
      percent(object.saturated),
      gev(object.meanPt),
      ...[object.pt, object.eta, object.phi].map(rangeText),
    ]),
    1,
  );
}

/** Sets, what was left out, and what the event files did not know. */
export function printPrepared(prepared: PreparedData): void {
  printSynthetic(prepared.synthetic);
  const { train, test, signals } = prepared.summary;
  const sets = [['train', train] as const, ['test', test] as const, ...Object.entries(signals)];
  printTable(
    ['set', 'read', 'kept', 'dropped: ET', 'dropped: object', 'masked objects'],
    sets.map(([name, set]) => [
      name,
      ...[set.read, set.kept, set.droppedByEt, set.droppedByObject, set.maskedObjects].map(printCount),
    ]),
    1,
  );
  const lacking = [['train', prepared.train] as const, ['test', prepared.test] as const, ...prepared.signals]
    .filter(([, set]) => set.readLevel1() === undefined)
    .map(([name]) => name);
  if (lacking.length > 0) printLine(`no Level-1 bits in: ${lacking.join(', ')}; pure rates cannot be told`);
  const unordered = unorderedNotice(prepared.summary);
  if (unordered !== undefined) printLine(unordered);
}

function printNormalisation({ objects, normalisation: { scale, bias, shift }, clip }: PreparedData): void {
  printLine();
  printLine(`input = (hardware - bias) / scale, clipped to ${clip[0]} to ${clip[1]}`);
  printTable(
    ['object', ...objectFeatures.flatMap((feature) => [`${feature} bias`, shift === undefined ? 'scale' : '2^'])],
    objects.map((kind, object) => [
      kind,
      ...objectFeatures.flatMap((_, feature) => {
        const input = 3 * object + feature;
        return [number(bias[input]!), shift === undefined ? number(scale[input]!) : String(shift[input]!)];
      }),
    ]),
    1,
  );
}

function number(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function percent(fraction: number): string {
  return fraction === 0 ? '0 %' : `${(100 * fraction).toPrecision(3)} %`;
}

function gev(units: number): string {
  return `${(units * energyUnit).toFixed(1)} GeV`;
}

function rangeText({ low, high }: Range): string {
  return `${low} to ${high}`;
}
