/** What networks put to the test: operations, widths, places of the binary point, accumulators at the edge, legs, modes. */
import { fractionBits, maxRaw, minRaw } from '../../src/fixed/format.js';
import { roundedInterval } from '../../src/fixed/interval.js';
import { rangesOf } from '../../src/ir/intervals.js';
import {
  elementCount,
  formatAt,
  fractionAt,
  inputsOf,
  type OpKind,
  opKinds,
  opsById,
  type Program,
} from '../../src/ir/op.js';
import type { Trace } from '../../src/simulate/interpret.js';
import { CastCensus } from './cast-census.js';
import type { Compared, LegName } from './network-check.js';

/** Networks that have it. */
const features = [
  'types of 1 to 3 bits',
  'types wider than 64 bits',
  'I < 0',
  'I > W',
  'one format for each element',
  'a sum whose cast just fits or just overflows',
  'a layer of zeros',
  'a layer of a single neuron',
  'several inputs',
  'several outputs',
] as const;
export type Feature = (typeof features)[number];

/** Casts of every mode pair that must have rounded, and as many that must have left the range, for a run to say something. */
const wantedCasts = 20;
/** And networks with each operation and each feature. */
const wantedNetworks = 5;

/** Classes of widths: from so many bits on. */
const widthsFrom = [1, 2, 3, 4, 9, 17, 33, 65, 129];

export class Exercised {
  networks = 0;
  /** Types of values, by class of width. */
  readonly widths = widthsFrom.map((from) => ({ from, count: 0 }));
  readonly ops: ReadonlyMap<OpKind, { count: number }> = new Map(opKinds.map((kind) => [kind, { count: 0 }]));
  readonly features: ReadonlyMap<Feature, { networks: number }> = new Map(
    features.map((name) => [name, { networks: 0 }]),
  );
  readonly census = new CastCensus();
  readonly legs = new Map<LegName, Compared & { networks: number }>();

  addProgram(program: Program): void {
    this.networks++;
    for (const { kind, type } of program.ops) {
      this.ops.get(kind)!.count++;
      for (const { width } of type.formats) this.widths.findLast(({ from }) => from <= width)!.count++;
    }
    for (const feature of featuresOf(program)) this.features.get(feature)!.networks++;
  }

  addTraces(program: Program, traces: readonly Trace[]): void {
    this.census.add(program, traces);
  }

  addCompared(compared: ReadonlyMap<LegName, Compared>): void {
    for (const [name, { vectors, values }] of compared) {
      const total = this.legs.get(name) ?? { networks: 0, vectors: 0, values: 0 };
      this.legs.set(name, {
        networks: total.networks + 1,
        vectors: total.vectors + vectors,
        values: total.values + values,
      });
    }
  }

  /** Mode pairs that fewer than 20 casts rounded with, or overflowed with. */
  get seldomPairs(): readonly string[] {
    return [...this.census.pairs]
      .filter(([, { rounds, overflows }]) => rounds < wantedCasts || overflows < wantedCasts)
      .map(([pair, { rounds, overflows }]) => `${pair}: ${rounds} rounded, ${overflows} overflowed`);
  }

  /** Operations and features that hardly any network had. */
  get seldom(): readonly string[] {
    return [
      ...[...this.ops]
        .filter(([, { count }]) => count < wantedNetworks)
        .map(([kind, { count }]) => `${kind}: ${count}`),
      ...[...this.features]
        .filter(([, { networks }]) => networks < wantedNetworks)
        .map(([name, { networks }]) => `${name}: ${networks} networks`),
    ];
  }

  get summary(): string {
    const legs = [...this.legs].map(
      ([name, { networks, vectors, values }]) =>
        `${name.padEnd(12)} ${networks} networks, ${vectors} vectors, ${values} values compared`,
    );
    return [
      ...legs,
      `operations: ${[...this.ops].map(([kind, { count }]) => `${kind} ${count}`).join(', ')}`,
      `types by width, from so many bits on: ${this.widths.map(({ from, count }) => `${from}: ${count}`).join(', ')}`,
      `networks with ${[...this.features].map(([name, { networks }]) => `${name}: ${networks}`).join('; ')}`,
      this.census.summary,
    ].join('\n');
  }
}

function featuresOf(program: Program): ReadonlySet<Feature> {
  const found = new Set<Feature>();
  const ops = opsById(program);
  const ranges = rangesOf(program);
  for (const op of program.ops) {
    if (op.type.formats.length > 1) found.add('one format for each element');
    for (const { width, integer } of op.type.formats) {
      if (width <= 3) found.add('types of 1 to 3 bits');
      if (width > 64) found.add('types wider than 64 bits');
      if (integer < 0) found.add('I < 0');
      if (integer > width) found.add('I > W');
    }
    if (op.kind === 'dense' || op.kind === 'conv') {
      if (op.weights.raws.every((raw) => raw === 0n)) found.add('a layer of zeros');
      if (op.weights.shape.at(-1) === 1) found.add('a layer of a single neuron');
    }
    if (op.kind !== 'cast') continue;
    const from = ops.get(op.operand)!;
    if (from.kind !== 'dense' && from.kind !== 'conv' && from.kind !== 'sum' && from.kind !== 'add') continue;
    for (let index = 0; index < elementCount(op.type); index++) {
      const to = formatAt(op.type, index);
      // The interval before the overflow, in the unit of the result, which is not finer than that of the sum.
      if (fractionBits(to) > fractionAt(from.type, index)) continue;
      const { low, high } = roundedInterval(ranges.get(from.id)![index]!, fractionAt(from.type, index), to);
      const isAtTop = high === maxRaw(to) || high === maxRaw(to) + 1n;
      const isAtBottom = low < 0n && (low === minRaw(to) || low === minRaw(to) - 1n);
      if (isAtTop || isAtBottom) found.add('a sum whose cast just fits or just overflows');
    }
  }
  if (inputsOf(program).length > 1) found.add('several inputs');
  if (program.outputs.length > 1) found.add('several outputs');
  return found;
}
