/** Sizes of weights and values against what their formats hold; the latent variables of a model. */
import { toDouble } from '../../fixed/dyadic.js';
import { type Format, fractionBits, maxRaw, minRaw } from '../../fixed/format.js';
import { elementCount, formatAt, fractionAt, namedOps, type Op } from '../../ir/op.js';
import type { LatentSpace } from '../../report/plots/latent-space.js';
import type { Profile } from '../../report/plots/quantisation-profile.js';
import { percentile } from '../rates.js';
import type { EventFacts, RunFacts } from './collect.js';

/** Kernels and biases first, each before the values that its layer gives. */
export function profilesOf({ network, runner }: RunFacts, events: EventFacts | undefined): readonly Profile[] {
  const { program, names } = runner.lowered;
  const sets = events === undefined ? [] : [events.test, ...events.signals];
  return namedOps(program).flatMap((op): Profile[] => {
    const name = names.get(op.id) ?? op.id;
    const layer = network.layers.find((one) => one.name === name);
    const tables =
      layer?.kind === 'dense' || layer?.kind === 'conv2d'
        ? ([
            ['weights', layer.weights],
            ['bias', layer.bias],
          ] as const)
        : [];
    const weights = tables.map(([part, table]): Profile => {
      const values = table.raws.map((raw) => toDouble(raw, fractionBits(table.format)));
      return profileOf(`${name} ${part}`, 'weight', [table.format], Float64Array.from(values));
    });
    if (sets.length === 0) return weights;
    const seen = sets.flatMap(({ values }) => [...values.get(op.id)!]);
    return [...weights, profileOf(name, 'value', op.type.formats, Float64Array.from(seen))];
  });
}

function profileOf(name: string, kind: Profile['kind'], formats: readonly Format[], values: Float64Array): Profile {
  const steps = formats.map((format) => -fractionBits(format));
  const limits = formats.map(
    (format) => Math.log2(Math.max(magnitude(maxRaw(format)), magnitude(minRaw(format)))) - fractionBits(format),
  );
  const sizes = values
    .filter((value) => value !== 0)
    .map((value) => Math.log2(Math.abs(value)))
    .toSorted();
  const range = { name, kind, step: Math.min(...steps), limit: Math.max(...limits) };
  if (sizes.length === 0) return range;
  return {
    ...range,
    seen: {
      least: sizes[0]!,
      lowerQuartile: percentile(sizes, 25),
      median: percentile(sizes, 50),
      upperQuartile: percentile(sizes, 75),
      most: sizes.at(-1)!,
    },
  };
}

function magnitude(raw: bigint): number {
  return Number(raw < 0n ? -raw : raw);
}

/** How much of a format's ends was used: shares of values that are zero, and that stand at either end of the range. */
export interface Usage {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly zero: number;
  readonly atEnds: number;
}

export function usageOf({ runner }: RunFacts, { test, signals }: EventFacts): readonly Usage[] {
  const { program, names } = runner.lowered;
  return namedOps(program).map((op) => {
    const width = elementCount(op.type);
    let [low, high, zeros, ends, total] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
    const limits = Array.from({ length: width }, (_, index) => endsOf(op, index));
    for (const { values } of [test, ...signals]) {
      for (const [index, value] of values.get(op.id)!.entries()) {
        const [least, most] = limits[index % width]!;
        low = Math.min(low, value);
        high = Math.max(high, value);
        total++;
        if (value === 0) zeros++;
        else if (value === least || value === most) ends++;
      }
    }
    return { name: names.get(op.id) ?? op.id, low, high, zero: zeros / total, atEnds: ends / total };
  });
}

function endsOf(op: Op, index: number): readonly [number, number] {
  const format = formatAt(op.type, index);
  const fraction = fractionAt(op.type, index);
  return [toDouble(minRaw(format), fraction), toDouble(maxRaw(format), fraction)];
}

/** Events drawn: of the background, and of each signal. */
const drawn = { background: 1200, signal: 300 } as const;

/** The two latent variables that vary most over the background; undefined where there are no two. */
export function latentSpaceOf({ runner, config }: RunFacts, { test, signals }: EventFacts): LatentSpace | undefined {
  const { program, names } = runner.lowered;
  const width = config.model.latent_dim;
  const latent = namedOps(program)
    .filter((op) => elementCount(op.type) === width && !program.outputs.includes(op.id))
    .at(-1);
  if (latent === undefined || width < 2) return undefined;
  const variances = variancesOf(test.values.get(latent.id)!, width);
  const [first, second] = variances.map((_, index) => index).toSorted((a, b) => variances[b]! - variances[a]!) as [
    number,
    number,
  ];
  const points = (values: Float64Array, count: number): readonly (readonly [number, number])[] =>
    Array.from({ length: Math.min(count, values.length / width) }, (_, event) => [
      values[event * width + first]!,
      values[event * width + second]!,
    ]);
  const name = names.get(latent.id) ?? latent.id;
  return {
    axes: [`${name}[${first}]`, `${name}[${second}]`],
    background: points(test.values.get(latent.id)!, drawn.background),
    signals: signals.map(({ name: signal, values }) => ({
      name: signal,
      data: points(values.get(latent.id)!, drawn.signal),
    })),
  };
}

function variancesOf(values: Float64Array, width: number): readonly number[] {
  const events = values.length / width;
  return Array.from({ length: width }, (_, column) => {
    let [sum, squares] = [0, 0];
    for (let at = column; at < values.length; at += width) {
      sum += values[at]!;
      squares += values[at]! ** 2;
    }
    return squares / events - (sum / events) ** 2;
  });
}
