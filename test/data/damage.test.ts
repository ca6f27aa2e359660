import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { AxocError } from '../../src/base/diagnostic.js';
import { Random } from '../../src/base/random.js';
import { decodeEvents } from '../support/decode-events.js';
import { fixture } from './helpers.js';

const names = [
  'i2-little.npy',
  'f8-big.npy',
  'nested-fortran.npy',
  'version-2.npy',
  'version-3.npy',
  'i8-wide.npy',
  'stored.npz',
  'deflated.npz',
  'zip64.npz',
];

/** The table, or the error a user may see; anything else fails the test. */
function attempt(bytes: Uint8Array): unknown {
  try {
    return decodeEvents(bytes, 'file');
  } catch (error) {
    if (error instanceof AxocError && error.kind === 'user') return error;
    throw error;
  }
}

describe('a damaged file', () => {
  it.each(names)('%s cut at any byte is an error', (name) => {
    const bytes = fixture(name);
    for (let length = 0; length < bytes.length; length++) {
      expect(attempt(bytes.subarray(0, length)), `cut to ${length} bytes`).toBeInstanceOf(AxocError);
    }
  });

  it.each(names)('%s, compressed by gzip and cut at any byte, is an error', (name) => {
    const bytes = gzipSync(fixture(name));
    for (let length = 0; length < bytes.length; length++) {
      expect(attempt(bytes.subarray(0, length)), `cut to ${length} bytes`).toBeInstanceOf(AxocError);
    }
  });

  it('JSON cut at any byte is an error', () => {
    const bytes = Buffer.from('{"events": [[1, -2.5e3, "9007199254740993"], [0, 1, 2]], "names": ["é\\n", null]}');
    expect(attempt(bytes)).toMatchObject({ count: 2, width: 3 });
    for (let length = 0; length < bytes.length; length++) {
      expect(attempt(bytes.subarray(0, length)), `cut to ${length} bytes`).toBeInstanceOf(AxocError);
    }
  });

  it.each(names)('%s with any byte changed is an error or a table, never a crash', (name) => {
    const random = Random.seeded(1);
    const original = fixture(name);
    for (let at = 0; at < original.length; at++) {
      for (const change of [1, 0x80, 0xff, random.integer(1, 255)]) {
        const bytes = Buffer.from(original);
        bytes[at]! ^= change;
        attempt(bytes);
      }
    }
  });

  it.each(['stored.npz', 'one-deflated.npz'])('%s with any byte changed never gives other values', (name) => {
    const original = fixture(name);
    const { values } = decodeEvents(original, 'file');
    for (let at = 0; at < original.length; at++) {
      const bytes = Buffer.from(original);
      bytes[at]! ^= 0x55;
      const result = attempt(bytes);
      if (!(result instanceof AxocError)) expect(result, `byte ${at} changed`).toMatchObject({ values });
    }
  });
});
