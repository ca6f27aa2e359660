import { describe, expect, it } from 'vitest';
import { CsvParser } from '../../src/data/csv/csv.js';
import { parseAll } from '../support/decode-events.js';
import { messageOf, rowsOf, table } from './helpers.js';

const read = (text: string) => parseAll(new CsvParser('ev.csv'), Buffer.from(text));
const messageFor = (text: string) => messageOf(() => read(text));

describe('CsvParser', () => {
  it.each([
    ['comma', ','],
    ['comma and space', ', '],
    ['semicolon', ';'],
    ['tab', '\t'],
    ['space', ' '],
    ['spaces', '   '],
  ])('reads values separated by %s', (_, separator) => {
    const text = table.map((row) => `${row.join(separator)}\n`).join('');
    expect(rowsOf(read(text))).toEqual(table);
  });

  it.each([
    ['unix', '\n'],
    ['windows', '\r\n'],
    ['old mac', '\r'],
  ])('reads %s line ends, with and without one at the end', (_, lineEnd) => {
    const text = table.map((row) => row.join(' ')).join(lineEnd);
    expect(rowsOf(read(text))).toEqual(table);
    expect(rowsOf(read(text + lineEnd))).toEqual(table);
    expect(rowsOf(read(text.replaceAll(' ', ',')))).toEqual(table);
  });

  it('reads mixed line ends', () => {
    expect(rowsOf(read('1,2\r\n3,4\n5,6'))).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });

  it('reads one column', () => {
    expect(rowsOf(read('1\n2\n'))).toEqual([[1], [2]]);
  });

  it('skips a header, comments and blank lines', () => {
    const text = '# events; of a test\n\npt, eta\n  # more\n1, 2 # the first\n\n   \n3, 4\n';
    expect(rowsOf(read(text))).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('skips a header in quotation marks', () => {
    expect(rowsOf(read('"pt, first";"eta"\n1;"2"\n'))).toEqual([[1, 2]]);
  });

  it('reads columns aligned by spaces and tabs, as numpy.savetxt and printf write them', () => {
    expect(rowsOf(read('  1.000e+00  -2\n 10.5   \t    3  \n'))).toEqual([
      [1, -2],
      [10.5, 3],
    ]);
  });

  it('reads every way to write a number', () => {
    const row = read('+1,-2,.5,-1.,1e3,2.5E-1,-0,007').values;
    expect(row).toEqual(Float64Array.of(1, -2, 0.5, -1, 1000, 0.25, -0, 7));
  });

  it('keeps integers of any size exact, and takes other large numbers as doubles', () => {
    expect(rowsOf(read('9007199254740993,-18446744073709551617,1e23,9007199254740991'))).toEqual([
      [9007199254740993n, -18446744073709551617n, 1e23, 9007199254740991],
    ]);
  });

  it('refuses a text without events', () => {
    expect(messageFor('')).toMatchInlineSnapshot(`
      "error[no-events]: ev.csv: holds no events
        help: give at least one event"
    `);
    expect(messageFor('pt,eta\n# nothing\n')).toMatchInlineSnapshot(`
      "error[no-events]: ev.csv: holds no events
        help: give at least one event"
    `);
  });

  it('names ragged rows', () => {
    expect(messageFor('pt,eta\n1,2\n3\n4,5,6\n')).toMatchInlineSnapshot(`
      "error[ragged-row]: ev.csv: row 1 (line 3): has 1 value where row 0 has 2
        help: give every event the same number of values
      error[ragged-row]: ev.csv: row 2 (line 4): has 3 values where row 0 has 2"
    `);
  });

  it('counts the lines of comments, of blank lines and of every line end', () => {
    expect(messageFor('# c\r\n\r\n1,2\r\n3,x\r\n')).toContain('row 1, column 1 (line 4)');
    expect(messageFor('# c\r\r1 2\r  # d\r3 x')).toContain('row 1, column 1 (line 5)');
  });

  it('names what stands in place of a number', () => {
    expect(messageFor('pt,eta\n1,two\n,0x10\n')).toMatchInlineSnapshot(`
      "error[not-a-number]: ev.csv: row 0, column 1 (line 2): found "two" where a number belongs
        help: every value must be a number; a first row of nothing but names is a header
      error[not-a-number]: ev.csv: row 1, column 0 (line 3): found nothing where a number belongs
      error[not-a-number]: ev.csv: row 1, column 1 (line 3): found "0x10" where a number belongs"
    `);
  });

  it('takes a first row with a gap for an event, not for a header', () => {
    expect(messageFor('1,,3\n')).toMatchInlineSnapshot(`
      "error[not-a-number]: ev.csv: row 0, column 1 (line 1): found nothing where a number belongs
        help: every value must be a number; a first row of nothing but names is a header"
    `);
  });

  it('explains decimal commas', () => {
    expect(messageFor('a;b\n1,5;2\n')).toMatchInlineSnapshot(`
      "error[not-a-number]: ev.csv: row 0, column 0 (line 2): found "1,5" where a number belongs
        help: write decimals with a point"
    `);
  });

  it('names NaN, infinities and what exceeds the doubles', () => {
    expect(messageFor('# x\nnan 1\n2 -inf\nInfinity 1e999\n')).toMatchInlineSnapshot(`
      "error[not-finite]: ev.csv: row 0, column 0 (line 2): nan is not a finite number
        help: correct or remove such events
      error[not-finite]: ev.csv: row 1, column 1 (line 3): -inf is not a finite number
      error[not-finite]: ev.csv: row 2, column 0 (line 4): Infinity is not a finite number
      error[not-finite]: ev.csv: row 2, column 1 (line 4): 1e999 is not a finite number"
    `);
  });

  it('says where a quotation mark is wrong', () => {
    expect(messageFor('1,2\n3,4"5\n')).toMatchInlineSnapshot(`
      "error[csv-syntax]: ev.csv: line 2: a quotation mark is misplaced or has no partner
        help: remove the quotation marks"
    `);
    expect(messageFor('1,2\n"3,4\n')).toMatchInlineSnapshot(`
      "error[csv-syntax]: ev.csv: line 2: a quotation mark is misplaced or has no partner
        help: remove the quotation marks"
    `);
    expect(messageFor('1,2\n"3"4,4\n')).toMatchInlineSnapshot(`
      "error[csv-syntax]: ev.csv: line 2: a quotation mark is misplaced or has no partner
        help: remove the quotation marks"
    `);
  });

  it('names an empty cell between tabs', () => {
    expect(messageFor('1\t2\t3\n4\t\t6\n')).toMatchInlineSnapshot(`
      "error[not-a-number]: ev.csv: row 1, column 1 (line 2): found nothing where a number belongs
        help: every value must be a number; a first row of nothing but names is a header"
    `);
  });

  it('tells five problems of a kind and counts the others', () => {
    expect(messageFor(`1,2\n${'x,1\n'.repeat(7)}`)).toMatchInlineSnapshot(`
      "error[not-a-number]: ev.csv: row 1, column 0 (line 2): found "x" where a number belongs
        help: every value must be a number; a first row of nothing but names is a header
      error[not-a-number]: ev.csv: row 2, column 0 (line 3): found "x" where a number belongs
      error[not-a-number]: ev.csv: row 3, column 0 (line 4): found "x" where a number belongs
      error[not-a-number]: ev.csv: row 4, column 0 (line 5): found "x" where a number belongs
      error[not-a-number]: ev.csv: row 5, column 0 (line 6): found "x" where a number belongs
      error[not-a-number]: ev.csv: and 2 more"
    `);
  });
});
