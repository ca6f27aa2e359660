/** What every bench needs: child processes with wall and processor time, medians, contestants in turn, tables. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import Table from 'cli-table3';

/** A program could not be started, or failed; the message holds the end of what it printed. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
}

export interface Step {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
}

/** Seconds. */
export interface Cost {
  readonly wall: number;
  /** User and system time of the program and of all it started; NaN where the system does not tell. */
  readonly processor: number;
}

export interface Finished {
  readonly cost: Cost;
  readonly stdout: string;
}

/** Runs a program to its end. */
export function run({ program, args, cwd }: Step): Finished {
  const wallBefore = process.hrtime.bigint();
  const processorBefore = processorOfChildren();
  const child = spawnSync(program, args, {
    ...(cwd === undefined ? {} : { cwd }),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const cost = {
    wall: Number(process.hrtime.bigint() - wallBefore) / 1e9,
    processor: processorOfChildren() - processorBefore,
  };
  if (child.error !== undefined) throw new StepFailed(`${program}: ${child.error.message}`);
  if (child.status !== 0) {
    const printed = `${child.stdout}${child.stderr}`.trimEnd().split('\n').slice(-20).join('\n');
    throw new StepFailed(`${program} ended with ${child.status ?? child.signal}:\n${printed}`);
  }
  return { cost, stdout: child.stdout };
}

/** The cost of several steps, one after the other. */
export function costOf(steps: readonly Step[]): Cost {
  const costs = steps.map((step) => run(step).cost);
  return {
    wall: costs.reduce((sum, { wall }) => sum + wall, 0),
    processor: costs.reduce((sum, { processor }) => sum + processor, 0),
  };
}

/** Of the times in /proc, on every Linux. */
const clockTicksPerSecond = 100;

/** Processor time of all children that have ended, from Linux's /proc; processor time feels other programs less than wall time. */
function processorOfChildren(): number {
  if (!existsSync('/proc/self/stat')) return Number.NaN;
  const text = readFileSync('/proc/self/stat', 'utf8');
  // Field 2, the name, may hold spaces; after its parenthesis come fields 3, 4, ...: 16 and 17 are cutime and cstime.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[16 - 3]) + Number(fields[17 - 3])) / clockTicksPerSecond;
}

/** Measures all contestants `rounds` times. Within a round they take turns, so that drift meets all of them. */
export function inTurn<Name extends string, Contestant, Value>(
  rounds: number,
  contestants: Readonly<Record<Name, Contestant>>,
  measure: (contestant: Contestant) => Value,
): Readonly<Record<Name, readonly Value[]>> {
  const found = mapValues(contestants, (): Value[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const name of keysOf(contestants)) found[name].push(measure(contestants[name]));
  }
  return found;
}

export function keysOf<Name extends string>(record: Readonly<Record<Name, unknown>>): readonly Name[] {
  return Object.keys(record) as Name[];
}

function mapValues<Name extends string, From, To>(
  record: Readonly<Record<Name, From>>,
  convert: (value: From) => To,
): Readonly<Record<Name, To>> {
  return Object.fromEntries(keysOf(record).map((name) => [name, convert(record[name])])) as Record<Name, To>;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function seconds(value: number): string {
  return `${value.toFixed(2)} s`;
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** How many times faster, in words. */
export function verdict(ratio: number): string {
  return ratio >= 1 ? `${ratio.toPrecision(3)}x faster` : `${(1 / ratio).toPrecision(3)}x slower`;
}

export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push([...row]);
  console.log(table.toString());
}
