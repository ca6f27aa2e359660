import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonMistake } from '../../src/data/json/mistake.js';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('findJsonMistake', () => {
  it.each([
    ['', 0, 'a value'],
    ['[1 2]', 3, '"," or "]"'],
    ['[1,]', 3, 'a value'],
    ['[', 1, 'a value or "]"'],
    ['{"a" 1}', 5, '":"'],
    ['{"a": 1,}', 8, 'a key'],
    ['{a: 1}', 1, 'a key or "}"'],
    ['{"a": 1]', 7, '"," or "}"'],
    ['[1] x', 4, 'nothing more'],
    ['["a\nb"]', 1, 'a value or "]"'],
  ])('%j breaks at %i, where it expects %s', (text, offset, expected) => {
    expect(findJsonMistake(text)).toEqual({ offset, expected });
  });

  it('agrees with JSON.parse about damaged JSON', () => {
    const damaged = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.nat(2),
        fc.constantFrom('', ',', '[', ']', '{', '}', ':', '"', '1', '-', '.', 'e', '\\', '\n'),
      )
      .map(([text, at, removed, inserted]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + inserted + text.slice(place + removed);
      });
    fc.assert(
      fc.property(damaged, (text) => {
        expect(findJsonMistake(text) === undefined).toBe(isJson(text));
      }),
      { numRuns: 5000, seed: 1 },
    );
  });

  it('passes over a long string', () => {
    const text = `["${'x\\n'.repeat(1_000_000)}" 1]`;
    expect(findJsonMistake(text)).toEqual({ offset: text.length - 2, expected: '"," or "]"' });
  });
});
