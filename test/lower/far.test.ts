/** Binary points and shifts far away: they lower to what they say in all legs, or the user is told what is too far. */
import { describe, expect, it } from 'vitest';
import { withTemporaryDirectory } from '../../src/base/files.js';
import { Random } from '../../src/base/random.js';
import { lower } from '../../src/lower/lower.js';
import { parsePrecision } from '../../src/network/precision.js';
import { readNetwork } from '../../src/network/read-network.js';
import { interpreterOf } from '../../src/simulate/interpret.js';
import { directedVectors } from '../../src/verify/vectors.js';
import type { DescribedNetwork } from '../support/description-oracle.js';
import { checkNetwork } from '../support/network-check.js';
import { checkAgainstOracle } from '../support/oracle-check.js';
import { tools } from '../support/tools.js';

const modules = { parsePrecision, readNetwork, lower, interpreterOf };
const cast = (result_format: string): Pick<DescribedNetwork, 'layers'> => ({
  layers: [{ kind: 'cast', name: 'y', result_format }],
});
const hardware = { inputs: 3, hardware_format: 'ap_fixed<8,8>', lsb: [1], shift: [1024, -1024, 0] };
const far: Record<string, Omit<DescribedNetwork, 'name'>> = {
  'shifts in the hardware type': { ...hardware, input_format: 'ap_fixed<8,8,AP_RND>', ...cast('ap_fixed<9,9>') },
  'shifts into a type that rounds and clamps': {
    ...hardware,
    scaled_format: 'ap_fixed<8,10,AP_RND_INF,AP_SAT>',
    input_format: 'ap_fixed<8,10>',
    ...cast('ap_fixed<9,11>'),
  },
  'shifts into a type without a sign, out of range is 0': {
    ...hardware,
    scaled_format: 'ap_ufixed<5,2,AP_TRN,AP_SAT_ZERO>',
    input_format: 'ap_ufixed<5,2>',
    ...cast('ap_fixed<9,9>'),
  },
  'a point far to the left': { inputs: 2, input_format: 'ap_fixed<8,-4000>', ...cast('ap_fixed<9,9,AP_RND>') },
  'a point far to the right': { inputs: 2, input_format: 'ap_fixed<8,4000>', ...cast('ap_fixed<9,9,AP_RND,AP_SAT>') },
  'padding of a type far away': {
    inputs: 4,
    input_format: 'ap_fixed<1024,-4096>',
    layers: [
      {
        kind: 'conv2d',
        name: 'y',
        input_shape: [2, 2, 1],
        padding: 'same',
        weights: [[[[1]], [[1]]]],
        accum_format: 'ap_fixed<8,-4090,AP_RND,AP_SAT>',
        result_format: 'ap_fixed<8,-4090>',
      },
    ],
  },
};

describe.each(Object.keys(far))('%s', (name) => {
  it('is the oracle, in all legs', async () => {
    const described = { name: 'far', ...far[name]! };
    const { program } = lower(readNetwork(JSON.stringify(described), 'far.json', parsePrecision([])));
    const vectors = directedVectors(program, 64, Random.seeded(1));
    expect(checkAgainstOracle(modules, described, [], () => vectors).difference).toBeUndefined();
    await withTemporaryDirectory(async (directory) => {
      const legs = ['interpreter', 'wasm', 'hls'] as const;
      expect((await checkNetwork(tools, program, vectors, { legs, directory })).failure).toBeUndefined();
    });
  });
});

describe('too far', () => {
  it.each([
    [
      'inputs that no array holds together',
      { ...hardware, hardware_format: 'ap_fixed<400,400>', input_format: 'ap_fixed<8,8>', ...cast('ap_fixed<8,8>') },
      'error[too-wide]: shift: 400 bits shifted by -400 to 401 need 1201 bits in all, axoc handles 1024\n' +
        '  help: give hardware_format and scaled_format fewer bits, or the inputs shifts that lie nearer together',
    ],
    [
      'squares of a type far to the left',
      {
        inputs: 2,
        input_format: 'ap_fixed<8,-4000>',
        ...cast('ap_fixed<8,-4000>'),
        score: { kind: 'sum-of-squares', of: 'y', result_format: 'ap_fixed<8,8,AP_RND>' },
      },
      'error[too-wide]: score.squares: an exact result has -8001 bits before the binary point, axoc handles -4096 to 4096\n' +
        '  help: give the layers before it types with the binary point nearer to the bits',
    ],
  ] as const)('%s', (_, network, message) => {
    const text = JSON.stringify({ name: 'far', ...network });
    expect(() => lower(readNetwork(text, 'far.json', parsePrecision([])))).toThrow(message);
  });
});
