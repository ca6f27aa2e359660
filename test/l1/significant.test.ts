/** Numbers of tables: so many digits, never with an exponent where they are large. */
import { expect, it } from 'vitest';
import { significant } from '../../src/l1/significant.js';

it.each([
  [9.87, 2, '9.9'],
  [0.08599, 2, '0.086'],
  [10, 4, '10.00'],
  [239.7, 2, '240'],
  [28608.8, 4, '28610'],
  [1234567.8, 6, '1234570'],
  [0, 4, '0.000'],
])('%d to %d digits: %s', (value, digits, text) => {
  expect(significant(value, digits)).toBe(text);
});
