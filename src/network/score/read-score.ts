/** From the text of a score expression to its tree: names resolved, lengths and numbers checked, what hardware cannot have refused. */
import { suggest } from '../../base/nearest.js';
import { fromDecimal } from '../../fixed/dyadic.js';
import { narrowestFormat } from '../../fixed/table.js';
import type { Report } from '../exact-tables.js';
import {
  constantNumber,
  each,
  element,
  layersIn,
  layerValues,
  negated,
  type Pairwise,
  pairwise,
  power,
  reduction,
  type ScoreExpression,
} from './expression.js';
import type { Written } from './language.js';

/** What an expression can name. */
export interface ScoreNames {
  /** Name -> layer, and how many values that has; undefined where another problem leaves it unknown. */
  readonly known: ReadonlyMap<string, { readonly layer: string; readonly length: number | undefined }>;
  /** Names of values that the deployed network does not have -> why not. */
  readonly absent?: ReadonlyMap<string, string>;
}

/** Operations inside one another at most. */
const deepest = 32;
const largestExponent = 16;
/** Bits of a constant at most: what needs more was never rounded to a grid. */
const widestConstant = 32;

const functions = ['sum', 'abs', 'max', 'min'];
const knownOperations = 'known here: + - * ^, / by a power of two, sum, abs, max, min, NAME[0]';
const monotone =
  'around the whole score leave it out: that moves the threshold and changes no decision; inside it use abs, max or a power';
/** What to write instead of a function that is not there. */
const remedies: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['sqrt', 'cbrt', 'exp', 'log', 'log2', 'log10', 'log1p', 'tanh'].map((name) => [name, monotone]),
  ),
  mean: 'use sum: a division by the number of values only moves the threshold',
  norm: 'write sum(x^2): its root has the same order',
  dot: 'write sum(a*b)',
  square: 'write x^2',
  cube: 'write x^3',
};

/**
 * The tree of a parsed expression; undefined after a problem.
 * @param place for `report`
 */
export function readScore(
  written: Written,
  names: ScoreNames,
  place: string,
  report: Report,
): ScoreExpression | undefined {
  const score = new ScoreReader(names, (code, message, hint) => report(code, place, message, hint)).read(written);
  if (score === undefined) return undefined;
  if (score.length !== undefined)
    report(
      'bad-score',
      place,
      `a score is one number for an event, ${shown(written)} has ${score.length} values`,
      'reduce them by sum(...) or max(...), or take one: (...)[0]',
    );
  else if (layersIn(score).size === 0)
    report('bad-score', place, `${shown(written)} is the same for every event`, 'name a layer in it: sum(mu^2)');
  else return score;
  return undefined;
}

type ReportHere = (code: string, message: string, hint?: string) => void;
type Read = ScoreExpression | undefined;

/** A part with a problem is undefined, and so is all that holds it. */
class ScoreReader {
  /** By text: what is written twice is computed once. */
  readonly #done = new Map<string, Read>();

  constructor(
    private readonly names: ScoreNames,
    private readonly report: ReportHere,
  ) {}

  read(written: Written, depth = 1): Read {
    if (!this.#done.has(written.text)) this.#done.set(written.text, this.#made(written, depth));
    return this.#done.get(written.text);
  }

  #made(written: Written, depth: number): Read {
    if (depth > deepest)
      return this.#refuse(
        `more than ${deepest} operations are inside one another`,
        'compute parts of it in layers of the network',
      );
    const read = (part: Written): Read => this.read(part, depth + 1);
    switch (written.kind) {
      case 'name':
        return this.#layer(written.name);
      case 'number':
        return this.#constant(written.digits);
      case 'operation':
        return this.#operation(written, read);
      case 'call':
        return this.#call(written, read);
      case 'element':
        return this.#element(written, read(written.of));
      case 'juxtaposition':
        return this.#refuse(
          `${shown(written)} has two factors and no sign between them`,
          `write ${written.operands.map(({ text }) => text).join(' * ')}`,
        );
      case 'property':
        return this.#refuse(`${shown(written)} has a point in a name`, 'put the name of such a layer in quotes');
      case 'other':
        return this.#refuse(`${shown(written)} is no operation of a score`, knownOperations);
    }
  }

  #layer(name: string): Read {
    const layer = this.names.known.get(name);
    if (layer !== undefined) return layer.length === undefined ? undefined : layerValues(layer.layer, layer.length);
    const reason = this.names.absent?.get(name);
    const words = [...this.names.known.keys()];
    if (reason !== undefined) this.report('bad-score', `no "${name}" in the firmware: ${reason}`, knownHere(words));
    else this.report('unknown-layer', `no layer "${name}" is there for the score`, suggest(name, words));
    return undefined;
  }

  #constant(digits: string): Read {
    const value = fromDecimal(digits);
    if (value !== undefined && narrowestFormat([value]).width <= widestConstant) return constantNumber(value);
    const number = digits.length > 80 ? `${digits.slice(0, 20)}... (${digits.length} characters)` : digits;
    if (value === undefined)
      this.report('inexact-number', `${number} is not a binary fraction: hardware would round it`, nearestTo(digits));
    else
      this.report(
        'inexact-number',
        `${number} needs more than ${widestConstant} bits, the most that a constant may have`,
        shorterConstant,
      );
    return undefined;
  }

  #operation(written: Written & { readonly kind: 'operation' }, read: (part: Written) => Read): Read {
    const [first, second] = written.operands as readonly [Written, Written | undefined];
    const operator = written.operator.replace(/^\.(?=.)/, '');
    if (second === undefined) return this.#signed(operator, first, read);
    switch (operator) {
      case '+':
        return this.#pair('add', read(first), read(second), written);
      case '-':
        return this.#pair('subtract', read(first), read(second), written);
      case '*':
        return this.#pair('multiply', read(first), read(second), written);
      case '/':
        return this.#quotient(read(first), second);
      case '^':
        return this.#power(read(first), second);
      default:
        return this.#refuse(`a score has no operator "${operator}"`, knownOperations);
    }
  }

  #signed(sign: string, operand: Written, read: (part: Written) => Read): Read {
    if (sign !== '+' && sign !== '-') return this.#refuse(`a score has no operator "${sign}"`, knownOperations);
    const value = read(operand);
    return sign === '+' || value === undefined ? value : negated(value);
  }

  #quotient(dividend: Read, divisor: Written): Read {
    const value = divisor.kind === 'number' ? fromDecimal(divisor.digits) : undefined;
    if (value?.mantissa !== 1n)
      return this.#refuse(
        `a division by ${shown(divisor)} is not exact in hardware`,
        'divide by a power of two, or leave a constant divisor out: it only moves the threshold',
      );
    const inverse = constantNumber({ mantissa: 1n, fraction: -value.fraction });
    return dividend && pairwise('multiply', dividend, inverse);
  }

  #power(operand: Read, exponent: Written): Read {
    const value = exponent.kind === 'number' ? Number(exponent.digits) : Number.NaN;
    if (!Number.isInteger(value) || value < 1 || value > largestExponent)
      return this.#refuse(
        `the exponent ${shown(exponent)} is no whole number from 1 to ${largestExponent}`,
        'a power is a product of equal factors: write x^2',
      );
    return operand && power(operand, value);
  }

  #call(written: Written & { readonly kind: 'call' }, read: (part: Written) => Read): Read {
    const { name, operands } = written;
    const values = () => operands.map(read);
    switch (name) {
      case 'sum':
      case 'abs': {
        if (operands.length !== 1)
          return this.#refuse(
            `${name} takes one argument, found ${operands.length} in ${shown(written)}`,
            name === 'sum' ? 'write a sum of two as a + b' : 'write abs(x)',
          );
        const [value] = values();
        return name === 'abs' ? value && each('abs', value) : this.#reduced('sum', value, written);
      }
      case 'max':
        return this.#largest(values(), written);
      case 'min': {
        // The smallest is the largest of what is negated.
        const largest = this.#largest(
          values().map((value) => value && negated(value)),
          written,
        );
        return largest && negated(largest);
      }
      default:
        return this.#refuse(
          `hardware has no "${name}" for a score`,
          Object.hasOwn(remedies, name) ? remedies[name] : suggest(name, functions),
        );
    }
  }

  /** Of the values of one vector, or value by value of several. */
  #largest(values: readonly Read[], written: Written): Read {
    const [first, ...rest] = values;
    if (values.length === 0)
      return this.#refuse(`${shown(written)} has no argument`, 'give it a layer: max(mu), or several: max(mu, 0)');
    if (rest.length === 0) return this.#reduced('largest', first, written);
    return rest.reduce<Read>((left, right) => this.#pair('max', left, right, written), first);
  }

  #reduced(kind: 'sum' | 'largest', value: Read, written: Written): Read {
    if (value === undefined || value.length !== undefined) return value && reduction(kind, value);
    return this.#refuse(
      `${shown(written)} reduces what is one number already`,
      'give it the values of a layer: sum(mu^2)',
    );
  }

  #pair(kind: Pairwise['kind'], left: Read, right: Read, written: Written): Read {
    if (left === undefined || right === undefined) return undefined;
    if (left.length === undefined || right.length === undefined || left.length === right.length)
      return pairwise(kind, left, right);
    this.report(
      'wrong-shape',
      `${left.length} and ${right.length} values meet in ${shown(written)}`,
      'operations go value by value: give both the same number of values, or reduce one by sum or max',
    );
    return undefined;
  }

  #element({ of, indices, text }: Written & { readonly kind: 'element' }, vector: Read): Read {
    const [index] = indices;
    if (indices.length !== 1 || index?.kind !== 'number' || !Number.isInteger(Number(index.digits)))
      return this.#refuse(`"${text}" has no whole number in its brackets`, 'count from 0: mu[0] is the first value');
    if (vector === undefined) return undefined;
    if (vector.length === undefined)
      return this.#refuse(`"${text}" takes a value of what is one number already`, 'leave the brackets out');
    const number = Number(index.digits);
    if (number < vector.length) return element(vector, number);
    this.report(
      'wrong-shape',
      `"${text}" is out of range: ${shown(of)} has ${vector.length} values`,
      `count from 0 to ${vector.length - 1}`,
    );
    return undefined;
  }

  #refuse(message: string, hint?: string): undefined {
    this.report('bad-score', message, hint);
  }
}

/** In quotes, not longer than a line. */
function shown({ text }: Written): string {
  return `"${text.length > 60 ? `${text.slice(0, 57)}...` : text}"`;
}

function knownHere(words: readonly string[]): string {
  return `known here: ${words.join(', ')}`;
}

const shorterConstant = 'take a shorter one, or leave it out where it is a factor of all: it only moves the threshold';

/** With 8 bits after the point, or as many as it takes for 8 bits of a smaller number. */
function nearestTo(digits: string): string {
  const value = Number(digits);
  if (value === 0 || !Number.isFinite(value)) return shorterConstant;
  const bits = Math.abs(value) < 1 / 256 ? 7 - Math.floor(Math.log2(Math.abs(value))) : 8;
  return `with ${bits} bits after the point the nearest is ${Math.round(value * 2 ** bits) / 2 ** bits}`;
}
