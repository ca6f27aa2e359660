/** Score expressions that no firmware can have: the whole text of each error. */
import { describe, expect, it } from 'vitest';
import { defaultPrecision } from '../../src/network/precision.js';
import { readNetwork } from '../../src/network/read-network.js';
import { messageOf } from '../base/thrown.js';

function described(score: unknown): string {
  const layers = [
    { kind: 'dense', name: 'mu', weights: Array.from({ length: 3 }, () => [1, 0.5]), result_format: 'ap_fixed<8,5>' },
    { kind: 'relu', name: 'dense 1', result_format: 'ap_fixed<8,5>' },
  ];
  return JSON.stringify({ name: 'net', inputs: 3, input_format: 'ap_fixed<6,3>', layers, score });
}

const errorOf = (score: unknown): string =>
  messageOf(() => readNetwork(described(score), 'net.json', defaultPrecision)).replaceAll(
    'net.json: score.expression: ',
    '',
  );

const operations = 'known here: + - * ^, / by a power of two, sum, abs, max, min, NAME[0]';

describe('refused with the reason and the remedy', () => {
  it.each([
    // Functions that no exact hardware has.
    [
      'sqrt(sum(mu^2))',
      'error[bad-score]: hardware has no "sqrt" for a score\n  help: around the whole score leave it out: that moves the threshold and changes no decision; inside it use abs, max or a power',
    ],
    [
      'log(sum(mu^2))',
      'error[bad-score]: hardware has no "log" for a score\n  help: around the whole score leave it out: that moves the threshold and changes no decision; inside it use abs, max or a power',
    ],
    [
      'mean(mu^2)',
      'error[bad-score]: hardware has no "mean" for a score\n  help: use sum: a division by the number of values only moves the threshold',
    ],
    [
      'norm(mu)',
      'error[bad-score]: hardware has no "norm" for a score\n  help: write sum(x^2): its root has the same order',
    ],
    ['dot(mu, mu)', 'error[bad-score]: hardware has no "dot" for a score\n  help: write sum(a*b)'],
    ['sum(square(mu))', 'error[bad-score]: hardware has no "square" for a score\n  help: write x^2'],
    ['summ(mu)', 'error[bad-score]: hardware has no "summ" for a score\n  help: did you mean "sum"?'],
    [
      'toString(mu)',
      'error[bad-score]: hardware has no "toString" for a score\n  help: known here: sum, abs, max, min',
    ],
    // Divisions, powers, constants.
    [
      'sum(mu)/3',
      'error[bad-score]: a division by "3" is not exact in hardware\n  help: divide by a power of two, or leave a constant divisor out: it only moves the threshold',
    ],
    [
      'sum(mu)/mu[0]',
      'error[bad-score]: a division by "mu[0]" is not exact in hardware\n  help: divide by a power of two, or leave a constant divisor out: it only moves the threshold',
    ],
    [
      'sum(mu)^0.5',
      'error[bad-score]: the exponent "0.5" is no whole number from 1 to 16\n  help: a power is a product of equal factors: write x^2',
    ],
    [
      'sum(mu^-1)',
      'error[bad-score]: the exponent "-1" is no whole number from 1 to 16\n  help: a power is a product of equal factors: write x^2',
    ],
    [
      'sum(mu^17)',
      'error[bad-score]: the exponent "17" is no whole number from 1 to 16\n  help: a power is a product of equal factors: write x^2',
    ],
    [
      '0.1*sum(mu^2)',
      'error[inexact-number]: 0.1 is not a binary fraction: hardware would round it\n  help: with 8 bits after the point the nearest is 0.1015625',
    ],
    [
      // As a double it would be 0.5.
      '0.500000000000000000000000000000000000000000000000000000000000000000000000000001*sum(mu)',
      'error[inexact-number]: 0.500000000000000000000000000000000000000000000000000000000000000000000000000001 is not a binary fraction: hardware would round it\n  help: with 8 bits after the point the nearest is 0.5',
    ],
    [
      '12345678901*sum(mu)',
      'error[inexact-number]: 12345678901 needs more than 32 bits, the most that a constant may have\n  help: take a shorter one, or leave it out where it is a factor of all: it only moves the threshold',
    ],
    [
      '1e-400*sum(mu)',
      'error[inexact-number]: 0.000000000000000000... (402 characters) is not a binary fraction: hardware would round it\n  help: take a shorter one, or leave it out where it is a factor of all: it only moves the threshold',
    ],
    [
      '0.001*sum(mu)',
      'error[inexact-number]: 0.001 is not a binary fraction: hardware would round it\n  help: with 17 bits after the point the nearest is 0.00099945068359375',
    ],
    // Names.
    ['sum(nu^2)', 'error[unknown-layer]: no layer "nu" is there for the score\n  help: did you mean "mu"?'],
    ['pi*sum(mu)', 'error[unknown-layer]: no layer "pi" is there for the score\n  help: did you mean "mu"?'],
    [
      'sum("dense 2")',
      'error[unknown-layer]: no layer "dense 2" is there for the score\n  help: did you mean "dense 1"?',
    ],
    ['sum(a.b)', 'error[bad-score]: "a.b" has a point in a name\n  help: put the name of such a layer in quotes'],
    ['true*mu[0]', `error[bad-score]: "true" is no operation of a score\n  help: ${operations}`],
    // Vectors and single numbers.
    [
      'mu^2',
      'error[bad-score]: a score is one number for an event, "mu ^ 2" has 2 values\n  help: reduce them by sum(...) or max(...), or take one: (...)[0]',
    ],
    ['3 + 4', 'error[bad-score]: "3 + 4" is the same for every event\n  help: name a layer in it: sum(mu^2)'],
    [
      'sum(mu[0])',
      'error[bad-score]: "sum(mu[0])" reduces what is one number already\n  help: give it the values of a layer: sum(mu^2)',
    ],
    [
      'max(max(mu))',
      'error[bad-score]: "max(max(mu))" reduces what is one number already\n  help: give it the values of a layer: sum(mu^2)',
    ],
    [
      'sum((mu - input)^2)',
      'error[wrong-shape]: 2 and 3 values meet in "mu - input"\n  help: operations go value by value: give both the same number of values, or reduce one by sum or max',
    ],
    ['mu[2]', 'error[wrong-shape]: "mu[2]" is out of range: "mu" has 2 values\n  help: count from 0 to 1'],
    [
      'mu[-1]',
      'error[bad-score]: "mu[-1]" has no whole number in its brackets\n  help: count from 0: mu[0] is the first value',
    ],
    [
      'sum(mu[0:1])',
      'error[bad-score]: "mu[0:1]" has no whole number in its brackets\n  help: count from 0: mu[0] is the first value',
    ],
    [
      'sum(mu)[0]',
      'error[bad-score]: "sum(mu)[0]" takes a value of what is one number already\n  help: leave the brackets out',
    ],
    // What else the library can parse.
    [
      'sum(mu, 3)',
      'error[bad-score]: sum takes one argument, found 2 in "sum(mu, 3)"\n  help: write a sum of two as a + b',
    ],
    ['abs()', 'error[bad-score]: abs takes one argument, found 0 in "abs()"\n  help: write abs(x)'],
    ['max()', 'error[bad-score]: "max()" has no argument\n  help: give it a layer: max(mu), or several: max(mu, 0)'],
    ['2 mu[0]', 'error[bad-score]: "2 mu[0]" has two factors and no sign between them\n  help: write 2 * mu[0]'],
    ['sum(mu) > 3', `error[bad-score]: a score has no operator ">"\n  help: ${operations}`],
    ['mu[0]!', `error[bad-score]: a score has no operator "!"\n  help: ${operations}`],
    ['x = sum(mu)', `error[bad-score]: "x = sum(mu)" is no operation of a score\n  help: ${operations}`],
    ['sum([1, 2])', `error[bad-score]: "[1, 2]" is no operation of a score\n  help: ${operations}`],
    [
      'sum(mu',
      'error[bad-score]: "sum(mu" is no expression: Parenthesis ) expected (char 7)\n  help: write it as "sum(mu^2)", "max(abs(mu))" or "0.5*mu[0] - mu[1]"',
    ],
    [
      `${'-('.repeat(40)}mu[0]${')'.repeat(40)}`,
      'error[bad-score]: more than 32 operations are inside one another\n  help: compute parts of it in layers of the network',
    ],
    [
      `mu[0]${'+mu[0]'.repeat(200)}`,
      'error[bad-score]: the expression has 1205 characters, 1000 are read\n  help: compute parts of it in layers of the network',
    ],
  ])('%s', (expression, message) => {
    expect(errorOf(expression)).toBe(message);
  });

  it('all problems of an expression at once, each once', () => {
    const codes = errorOf('sqrt(mu) + 0.1*sum(nu) + sum(nu) - mu[7]').match(/error\[[^\]]+\]/g);
    expect(codes).toEqual(['error[bad-score]', 'error[inexact-number]', 'error[unknown-layer]', 'error[wrong-shape]']);
  });

  it('of a layer with a problem of its own nothing more is said', () => {
    const broken = described('sum(mu^2)').replace('[1,0.5],[1,0.5],[1,0.5]', '[1,0.5]');
    const message = messageOf(() => readNetwork(broken, 'net.json', defaultPrecision));
    expect(message).not.toContain('score');
    expect(message).toContain('layers[0]');
  });

  it.each(['(', '-', '!', '"', '[', 'a^', 'a?b:', '((((mu+', "mu'", '%'])(
    'a thousand of %s is an error, not a crash',
    (word) => {
      expect(errorOf(word.repeat(Math.floor(1000 / word.length)))).toMatch(/^error\[/);
    },
  );

  it('keys of other kinds are refused', () => {
    expect(
      messageOf(() =>
        readNetwork(described({ kind: 'expression', expression: 'sum(mu)', of: 'mu' }), 'net.json', defaultPrecision),
      ),
    ).toContain('error[unknown-key]: net.json: score.of: unknown key');
  });
});
