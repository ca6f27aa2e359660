/** The scales file: what is written is read, to the last digit; and what is none says in which line. */
import { expect, it } from 'vitest';
import { readScales } from '../../src/zdc/read-scales.js';
import { scalesText } from '../../src/zdc/train/scaler.js';

const scaler = { means: [1067.1, -2.5e-8, 1 / 3], scales: [1190, 5e-6, 1] };

it('reads what is written', () => {
  expect(readScales(scalesText(scaler), 'scales.txt')).toEqual(scaler);
});

it('reads the same without titles, with more empty lines and the ends of lines of other systems', () => {
  const text = scalesText(scaler).replaceAll(/#.*\n/g, '').replaceAll('\n', '\r\n');
  expect(readScales(`\n\n${text}\n\n`, 'scales.txt')).toEqual(scaler);
});

it.each([
  ['#means\n1\nx2\n', 'scales.txt:3: "x2" is not a number'],
  ['#means\n1\n2\n', 'scales.txt: 1 blocks of numbers, where two are expected'],
  ['1\n\n1\n\n1\n', 'scales.txt: 3 blocks of numbers, where two are expected'],
  ['1\n2\n\n1\n', 'scales.txt: 2 means and 1 scales'],
  ['1\n2\n\n1\n0\n', 'scales.txt: scale 2 is 0, and conditions are divided by it'],
])('%j', (text, message) => {
  expect(() => readScales(text, 'scales.txt')).toThrow(`error[bad-scales]: ${message}`);
});
