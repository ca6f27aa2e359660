import { describe, expect, it } from 'vitest';
import { JsonParser } from '../../src/data/json/json.js';
import { parseAll } from '../support/decode-events.js';
import { messageOf, rowsOf, table } from './helpers.js';

const read = (text: string) => parseAll(new JsonParser('ev.json'), Buffer.from(text));
const messageFor = (text: string) => messageOf(() => read(text));

describe('JsonParser', () => {
  it('reads an array of rows into doubles', () => {
    expect(read('[[1, 2.5], [-3, 1e-3]]')).toEqual({
      source: 'ev.json',
      count: 2,
      width: 2,
      values: Float64Array.of(1, 2.5, -3, 0.001),
    });
  });

  it('reads the rows of an object under "events"', () => {
    expect(rowsOf(read(JSON.stringify({ columns: 'three integers', events: table })))).toEqual(table);
  });

  it('flattens nested rows, last index fastest', () => {
    const events = read('[[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 12]]]');
    expect(rowsOf(events)).toEqual([
      [1, 2, 3, 4, 5, 6],
      [7, 8, 9, 10, 11, 12],
    ]);
  });

  it('takes strings of digits as exact integers', () => {
    const events = read('[["9007199254740993", "-5", 0.5], ["-18446744073709551616", "007", -0]]');
    expect(rowsOf(events)).toEqual([
      [9007199254740993n, -5, 0.5],
      [-18446744073709551616n, 7, -0],
    ]);
    expect(read('[["12"]]').values).toEqual(Float64Array.of(12));
  });

  it('reads the largest integers that JSON keeps', () => {
    expect(rowsOf(read('[[9007199254740991, -9007199254740991]]'))).toEqual([[9007199254740991, -9007199254740991]]);
  });

  it('refuses integers that JSON rounds', () => {
    expect(messageFor('[[1, 9007199254740993], [-1e300, 2]]')).toMatchInlineSnapshot(`
      "error[inexact-integer]: ev.json: row 0, column 1: a JSON number beyond 2^53 - 1 loses its last digits (this one would be read as 9007199254740992)
        help: write the integer as a string, such as "9007199254740993"
      error[inexact-integer]: ev.json: row 1, column 0: a JSON number beyond 2^53 - 1 loses its last digits (this one would be read as -1e+300)"
    `);
  });

  it('refuses a table without events or without values', () => {
    expect(messageFor('[]')).toMatchInlineSnapshot(`
      "error[no-events]: ev.json: holds no events
        help: give at least one event"
    `);
    expect(messageFor('{"events": []}')).toMatchInlineSnapshot(`
      "error[no-events]: ev.json: holds no events
        help: give at least one event"
    `);
    expect(messageFor('[[], []]')).toMatchInlineSnapshot(`
      "error[no-values]: ev.json: its events hold no values
        help: give every event its values"
    `);
    expect(messageFor('[[[], []]]')).toMatchInlineSnapshot(`
      "error[no-values]: ev.json: its events hold no values
        help: give every event its values"
    `);
  });

  it('refuses a flat list', () => {
    expect(messageFor('[1, 2, 3]')).toMatchInlineSnapshot(`
      "error[flat-events]: ev.json: a flat list of numbers: one event must be an array of values
        help: write [[1, 2, 3]] for one event of three values, [[1], [2], [3]] for three events of one value"
    `);
  });

  it('refuses a flat list of exact integers', () => {
    expect(messageFor('["9007199254740993"]')).toContain('error[flat-events]: ev.json: a flat list of numbers');
  });

  it('refuses an object without "events"', () => {
    expect(messageFor('{"event": [[1]], "n": 1}')).toMatchInlineSnapshot(`
      "error[missing-events]: ev.json: the object has no array "events"
        help: give the array of rows the key "events" (keys found: event, n)"
    `);
    expect(messageFor('{"events": 7}')).toMatchInlineSnapshot(`
      "error[missing-events]: ev.json: the object has no array "events"
        help: give the array of rows the key "events" (keys found: events)"
    `);
    expect(messageFor('{}')).toMatchInlineSnapshot(`
      "error[missing-events]: ev.json: the object has no array "events"
        help: give the array of rows the key "events" (keys found: none)"
    `);
  });

  it('names every ragged row', () => {
    expect(messageFor('[[1, 2, 3], [1, 2], [1, 2, 3], [1, 2, 3, 4]]')).toMatchInlineSnapshot(`
      "error[ragged-row]: ev.json: row 1: has 2 values where row 0 has 3
        help: give every event the same number of values
      error[ragged-row]: ev.json: row 3: has 4 values where row 0 has 3"
    `);
  });

  it('names ragged arrays inside rows', () => {
    expect(messageFor('[[[1, 2], [3, 4]], [[1, 2], [3]], [[1, 2]], [[1, 2], 3]]')).toMatchInlineSnapshot(`
      "error[ragged-row]: ev.json: row 1, column 2: has 1 value where row 0 has 2
        help: give every event the same number of values
      error[ragged-row]: ev.json: row 2: has 1 array where row 0 has 2
      error[not-an-array]: ev.json: row 3, column 2: found 3 where an array of values belongs
        help: write every event as an array of numbers, all nested alike"
    `);
  });

  it('names rows that are no arrays', () => {
    expect(messageFor('[{"pt": 1}, {"pt": 2}]')).toMatchInlineSnapshot(`
      "error[not-an-array]: ev.json: row 0: found an object where an array of values belongs
        help: write every event as an array of numbers, all nested alike"
    `);
    expect(messageFor('[null, [1, 2]]')).toMatchInlineSnapshot(`
      "error[not-an-array]: ev.json: row 0: found null where an array of values belongs
        help: write every event as an array of numbers, all nested alike"
    `);
    expect(messageFor('[[1], null, 3]')).toMatchInlineSnapshot(`
      "error[not-an-array]: ev.json: row 1: found null where an array of values belongs
        help: write every event as an array of numbers, all nested alike
      error[not-an-array]: ev.json: row 2: found 3 where an array of values belongs"
    `);
  });

  it('names what stands in place of a number', () => {
    const long = 'x'.repeat(100);
    expect(messageFor(`[[null, "1.5"], [true, [1]], [{}, "${long}"]]`)).toMatchInlineSnapshot(`
      "error[not-a-number]: ev.json: row 0, column 0: found null where a number belongs
        help: every value must be a number, or a string of digits for an integer beyond 2^53
      error[not-a-number]: ev.json: row 0, column 1: found "1.5" where a number belongs
      error[not-a-number]: ev.json: row 1, column 0: found true where a number belongs
      error[not-a-number]: ev.json: row 1, column 1: found an array where a number belongs
      error[not-a-number]: ev.json: row 2, column 0: found an object where a number belongs
      error[not-a-number]: ev.json: and 1 more"
    `);
  });

  it('names numbers beyond the doubles', () => {
    expect(messageFor('[[1, 2], [1e999, -1e999]]')).toMatchInlineSnapshot(`
      "error[not-finite]: ev.json: row 1, column 0: Infinity is not a finite number
        help: correct or remove such events
      error[not-finite]: ev.json: row 1, column 1: -Infinity is not a finite number"
    `);
  });

  it('reports all kinds of problems together, the columns of a row in which arrays are missing included', () => {
    expect(messageFor('[[[1, 2], [3, 4]], [[1], [null, 1e999]]]')).toMatchInlineSnapshot(`
      "error[ragged-row]: ev.json: row 1, column 0: has 1 value where row 0 has 2
        help: give every event the same number of values
      error[not-a-number]: ev.json: row 1, column 2: found null where a number belongs
        help: every value must be a number, or a string of digits for an integer beyond 2^53
      error[not-finite]: ev.json: row 1, column 3: Infinity is not a finite number
        help: correct or remove such events"
    `);
  });

  it('tells five problems of a kind and counts the others', () => {
    const rows = Array.from({ length: 12 }, () => [1, null]);
    expect(messageFor(JSON.stringify(rows))).toMatchInlineSnapshot(`
      "error[not-a-number]: ev.json: row 0, column 1: found null where a number belongs
        help: every value must be a number, or a string of digits for an integer beyond 2^53
      error[not-a-number]: ev.json: row 1, column 1: found null where a number belongs
      error[not-a-number]: ev.json: row 2, column 1: found null where a number belongs
      error[not-a-number]: ev.json: row 3, column 1: found null where a number belongs
      error[not-a-number]: ev.json: row 4, column 1: found null where a number belongs
      error[not-a-number]: ev.json: and 7 more"
    `);
  });

  it('says where the syntax breaks', () => {
    expect(messageFor('[[1, 2],\n [3,, 4]]')).toMatchInlineSnapshot(`
      "error[json-syntax]: ev.json: line 2, column 5: expected a value, found ","
        help: the file is not valid JSON: correct it"
    `);
    expect(messageFor('[[1, 2],\n [3, 4]')).toMatchInlineSnapshot(`
      "error[json-syntax]: ev.json: line 2, column 8: expected "," or "]", found end of file
        help: the file is not valid JSON: correct it"
    `);
    expect(messageFor("{'events': []}")).toMatchInlineSnapshot(`
      "error[json-syntax]: ev.json: line 1, column 2: expected a key or "}", found "'"
        help: the file is not valid JSON: correct it"
    `);
    expect(messageFor('[[01]]')).toMatchInlineSnapshot(`
      "error[json-syntax]: ev.json: line 1, column 4: expected "," or "]", found "1"
        help: the file is not valid JSON: correct it"
    `);
  });

  it('says that JSON has no NaN', () => {
    expect(messageFor('[[1, 2],\n [NaN, 4]]')).toMatchInlineSnapshot(`
      "error[json-syntax]: ev.json: line 2, column 3: found NaN, but JSON has neither NaN nor Infinity
        help: find out where it comes from: a value that is not finite has no place in hardware"
    `);
    expect(messageFor('[[-Infinity]]')).toMatchInlineSnapshot(`
      "error[json-syntax]: ev.json: line 1, column 3: found -Infinity, but JSON has neither NaN nor Infinity
        help: find out where it comes from: a value that is not finite has no place in hardware"
    `);
    expect(messageFor('[[inf]]')).toMatchInlineSnapshot(`
      "error[json-syntax]: ev.json: line 1, column 3: found inf, but JSON has neither NaN nor Infinity
        help: find out where it comes from: a value that is not finite has no place in hardware"
    `);
  });

  it('survives absurd nesting', () => {
    const deep = 100_000;
    expect(messageFor('['.repeat(deep) + ']'.repeat(deep))).toMatchInlineSnapshot(`
      "error[deep-nesting]: ev.json: row 0 nests more than 64 arrays
        help: flatten the events"
    `);
    expect(messageFor('['.repeat(deep))).toMatchInlineSnapshot(`
      "error[json-syntax]: ev.json: line 1, column 100001: expected a value or "]", found end of file
        help: the file is not valid JSON: correct it"
    `);
  });
});
