/** Lines of files of any size, however pieces cut them. */
import { describe, expect, it } from 'vitest';
import { LineReader } from '../../src/data/line-reader.js';
import { inMemory } from '../../src/data/npy/npy.js';
import { messageOf } from './helpers.js';

function linesOf(text: string): (readonly [number, string])[] {
  const reader = new LineReader(inMemory(Buffer.from(text)), 'a.txt');
  const lines: (readonly [number, string])[] = [];
  while (reader.next()) lines.push([reader.line, reader.text]);
  return lines;
}

describe('LineReader', () => {
  it.each([
    ['', []],
    ['\n', ['']],
    ['one', ['one']],
    ['one\n', ['one']],
    ['one\ntwo', ['one', 'two']],
    ['one\r\n\r\ntwo\r\n', ['one', '', 'two']],
    ['\n\none\n', ['', '', 'one']],
  ])('reads %j', (text, lines) => {
    expect(linesOf(text)).toEqual(lines.map((line, index) => [index + 1, line]));
  });

  it('reads lines across pieces of the file', () => {
    const lines = Array.from({ length: 300_000 }, (_, index) => `line ${index} ${'x'.repeat(index % 17)}`);
    expect(linesOf(lines.join('\n'))).toEqual(lines.map((line, index) => [index + 1, line]));
  });

  it('refuses a line that is none', () => {
    expect(messageOf(() => linesOf(`one\n${'x'.repeat(3_000_000)}`))).toMatchInlineSnapshot(`
      "error[unknown-format]: a.txt: line 2: is longer than a megabyte: this is no table of numbers
        help: check that the file is the one that was meant"
    `);
  });

  it('knows whether only blanks are left', () => {
    const restOf = (text: string): readonly [boolean, number] => {
      const reader = new LineReader(inMemory(Buffer.from(text)), 'a.txt');
      reader.next();
      return [reader.restIsBlank(), reader.line];
    };
    expect(restOf('one')).toEqual([true, 1]);
    expect(restOf('one\n \n\n')).toEqual([true, 3]);
    expect(restOf('one\n\ntwo\n')).toEqual([false, 3]);
  });
});
