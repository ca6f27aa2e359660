/** Channels against the published geometry written out pixel by pixel, as numbers and as a graph. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import * as op from '../../src/tensor/ops.js';
import { calorimeters } from '../../src/zdc/calorimeter.js';
import { channelGraph, channelMap, channelOf, channelSums } from '../../src/zdc/channels.js';
import { referenceValues } from '../tensor/reference.js';

it('half of the pixels are common, in a chessboard; towers share the rest equally', () => {
  for (const name of ['ZN', 'ZP'] as const) {
    const [width, height] = calorimeters[name].shape;
    const counts = [0, 0, 0, 0, 0];
    for (const channel of channelMap(name)) counts[channel]!++;
    const half = (width * height) / 2;
    expect(counts).toEqual([half, half / 4, half / 4, half / 4, half / 4]);
  }
});

it('ZN has quadrants, ZP strips along x', () => {
  const odd = (name: 'ZN' | 'ZP', x: number, y: number): number => channelOf(name, x, (x + y) % 2 === 1 ? y : y + 1);
  expect([odd('ZN', 0, 0), odd('ZN', 21, 20), odd('ZN', 22, 0), odd('ZN', 43, 20)]).toEqual([1, 1, 2, 2]);
  expect([odd('ZN', 0, 22), odd('ZN', 21, 42), odd('ZN', 22, 22), odd('ZN', 43, 42)]).toEqual([3, 3, 4, 4]);
  expect([0, 13, 14, 27, 28, 41, 42, 55].map((x) => odd('ZP', x, 4))).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
  expect([odd('ZP', 3, 0), odd('ZP', 3, 28)]).toEqual([1, 1]);
  expect([channelOf('ZN', 0, 0), channelOf('ZN', 43, 43), channelOf('ZP', 55, 29), channelOf('ZP', 1, 1)]).toEqual([
    0, 0, 0, 0,
  ]);
});

describe.each(['ZN', 'ZP'] as const)('%s', (name) => {
  const [width, height] = calorimeters[name].shape;
  const random = Random.seeded(3);
  const photons = Array.from({ length: 3 * width * height }, () => Math.max(0, random.integer(-20, 9)));

  it('sums as numbers', () => {
    const sums = channelSums(name, photons);
    expect(sums.length).toBe(15);
    for (let image = 0; image < 3; image++) {
      const wanted = [0, 0, 0, 0, 0];
      for (let x = 0; x < width; x++)
        for (let y = 0; y < height; y++)
          wanted[channelOf(name, x, y)]! += photons[image * width * height + x * height + y]!;
      expect([...sums.slice(5 * image, 5 * image + 5)]).toEqual(wanted);
    }
  });

  it('sums as a graph, rounded once', () => {
    const logs = photons.map((count) => Math.log1p(count));
    for (const shape of [
      [3, width, height, 1],
      [3, width, height],
    ]) {
      const image = op.input('image', shape);
      const node = channelGraph(name, image);
      expect(node.shape).toEqual([3, 5]);
      expect(referenceValues([node], new Map([['image', logs]])).get(node)).toEqual([...channelSums(name, photons)]);
    }
    const node = channelGraph(name, op.input('image', [1, width, height, 1], 'float64'));
    const faint = Array<number>(width * height).fill(Math.log1p(0.3));
    const sums = [1, 0.25, 0.25, 0.25, 0.25].map((share) => Math.round((0.3 * share * (width * height)) / 2));
    expect(referenceValues([node], new Map([['image', faint]])).get(node)).toEqual(sums);
    const dark = Array<number>(width * height).fill(-0.1);
    expect(referenceValues([node], new Map([['image', dark]])).get(node)).toEqual([0, 0, 0, 0, 0]);
    const beyond = dark.with(0, 1e4);
    expect(referenceValues([node], new Map([['image', beyond]])).get(node)).toEqual([
      expect.closeTo(Math.exp(80), -30),
      ...[0, 0, 0, 0],
    ]);
    const [most] = referenceValues([node], new Map([['image', dark.fill(1e4)]])).get(node)!;
    expect(most).toBeLessThan(3.4e38);
  });
});
