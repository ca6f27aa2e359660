/** Input rows filled by WebAssembly are those of the quantiser of typed arrays, and are refused where that one would refuse. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { makeFormat } from '../../src/fixed/format.js';
import { lower } from '../../src/lower/lower.js';
import type { InputStage, Network } from '../../src/network/network.js';
import { blockQuantiserOf, integerBounds } from '../../src/network/quantise-block.js';
import { compileProgram } from '../../src/simulate/wasm/compile.js';
import { compileFill } from '../../src/simulate/wasm/fill-code.js';
import { Filler, type FillTable } from '../../src/simulate/wasm/filler.js';
import { Simulator } from '../../src/simulate/wasm/simulator.js';

function inputOf(width: number, bits: number, random: Random): InputStage {
  const hardwareFormat = makeFormat(random.chance(0.7) || bits === 32, bits, bits - 3);
  const lsbs = Array.from({ length: width }, () => ({ mantissa: 1n, fraction: random.integer(0, 3) }));
  const zeros = Array.from({ length: width }, () => 0);
  const offsets = zeros.map(() => ({ mantissa: 0n, fraction: 0 }));
  return { width, format: hardwareFormat, scaling: { hardwareFormat, offsets, shifts: zeros, lsbs } };
}

/** A network that gives its inputs. */
function networkOf(input: InputStage): Network {
  const layer = { kind: 'cast', name: 'same', place: 'layers[0]', resultFormat: input.format } as const;
  return { name: 'same', input, layers: [layer] };
}

const tables = [Int16Array, Int32Array, Float32Array] as const;

describe('Filler', () => {
  it.each([8, 9, 13, 15, 16, 57])('fills rows of %i columns', (width) => {
    const random = Random.seeded(width);
    const seen = { filled: 0, refused: 0 };
    for (let round = 0; round < 25; round++) {
      const input = inputOf(width, random.pick([6, 12, 16, 18, 31]), random);
      const simulator = new Simulator(compileProgram(lower(networkOf(input)).program, { blockEvents: 24 }));
      const bounds = integerBounds(input)!;
      const words = simulator.module.inputs.wordBits as 16 | 32;
      const filler = new Filler(simulator, compileFill(words), bounds);
      const rows = random.integer(1, 24);
      const Table = random.pick(tables);
      // Float32 holds no more.
      const most = Table === Int16Array ? 32_767 : Table === Int32Array ? 2 ** 31 - 1 : 2 ** 24;
      for (const oddity of [undefined, -1, 1, 0.5]) {
        const values: FillTable = new Table(
          Array.from({ length: rows * width }, (_, index) => {
            const column = index % width;
            const low = Math.max(-most, bounds.low[column]!);
            return random.pick([
              low,
              Math.min(most, bounds.high[column]!),
              0,
              random.integer(low, Math.min(most, bounds.high[column]!)),
            ]);
          }),
        );
        const at = random.integer(0, values.length - 1);
        if (oddity === -1) values[at] = bounds.low[at % width]! - 1;
        if (oddity === 1) values[at] = bounds.high[at % width]! + 1;
        if (oddity === 0.5) values[at] = 0.5;
        const events = { source: 'x', count: rows, width, values };
        const expected = new Int32Array(values.length);
        let isExpected = true;
        try {
          blockQuantiserOf(input, 'hardware')(events, 0, expected);
        } catch {
          isExpected = false;
        }
        // The largest integer of 32 bits fits, and is left to the quantiser all the same.
        const isFilled = isExpected && !Array.from(values).includes(2 ** 31 - 1);
        expect(filler.fill(values)).toBe(isFilled);
        if (isFilled) {
          expect([...simulator.inputs.subarray(0, values.length)]).toEqual([...expected]);
          seen.filled++;
        } else seen.refused++;
      }
    }
    expect(seen.filled).toBeGreaterThan(25);
    expect(seen.refused).toBeGreaterThan(15);
  });
});
