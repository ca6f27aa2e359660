/** A score that a user writes down: the tree of exact operations that its text means, and walks over it. */
import { internalError } from '../../base/diagnostic.js';
import type { Dyadic } from '../../fixed/dyadic.js';

interface Shaped {
  /** Values of a vector; undefined for one number. */
  readonly length: number | undefined;
}

/** The values of a layer, an image read flat; `input` names the network's inputs. */
export interface LayerValues extends Shaped {
  readonly kind: 'layer';
  readonly name: string;
}

export interface ConstantNumber extends Shaped {
  readonly kind: 'constant';
  readonly value: Dyadic;
}

/** One value of a vector, counted from 0. */
export interface Element extends Shaped {
  readonly kind: 'element';
  readonly operand: ScoreExpression;
  readonly index: number;
}

/** Value by value; one number meets every value of a vector. */
export interface Pairwise extends Shaped {
  readonly kind: 'add' | 'subtract' | 'multiply' | 'max';
  readonly left: ScoreExpression;
  readonly right: ScoreExpression;
}

/** Value by value. */
export interface Each extends Shaped {
  readonly kind: 'negate' | 'square' | 'abs';
  readonly operand: ScoreExpression;
}

/** One number of a vector. */
export interface Reduction extends Shaped {
  readonly kind: 'sum' | 'largest';
  readonly operand: ScoreExpression;
}

/** Immutable; a part that is used twice is one record. */
export type ScoreExpression = LayerValues | ConstantNumber | Element | Pairwise | Each | Reduction;

export function layerValues(name: string, length: number): ScoreExpression {
  return { kind: 'layer', name, length };
}

export function constantNumber(value: Dyadic): ScoreExpression {
  return { kind: 'constant', value, length: undefined };
}

export function element(operand: ScoreExpression, index: number): ScoreExpression {
  return { kind: 'element', operand, index, length: undefined };
}

/** The operands have the same length, or one of them is one number. */
export function pairwise(kind: Pairwise['kind'], left: ScoreExpression, right: ScoreExpression): ScoreExpression {
  return { kind, left, right, length: left.length ?? right.length };
}

export function each(kind: Each['kind'], operand: ScoreExpression): ScoreExpression {
  return { kind, operand, length: operand.length };
}

export function reduction(kind: Reduction['kind'], operand: ScoreExpression): ScoreExpression {
  return { kind, operand, length: undefined };
}

export function negated(operand: ScoreExpression): ScoreExpression {
  if (operand.kind === 'constant')
    return constantNumber({ mantissa: -operand.value.mantissa, fraction: operand.value.fraction });
  return each('negate', operand);
}

/** `operand^exponent`, exponent at least 1, with as few multiplications as halving it gives; a square is proved not to be negative. */
export function power(operand: ScoreExpression, exponent: number): ScoreExpression {
  if (exponent === 1) return operand;
  if (exponent % 2 === 0) return each('square', power(operand, exponent / 2));
  return pairwise('multiply', operand, power(operand, exponent - 1));
}

function operandsOf(expression: ScoreExpression): readonly ScoreExpression[] {
  switch (expression.kind) {
    case 'layer':
    case 'constant':
      return [];
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'max':
      return [expression.left, expression.right];
    case 'element':
    case 'negate':
    case 'square':
    case 'abs':
    case 'sum':
    case 'largest':
      return [expression.operand];
  }
}

/**
 * Computes something of an expression from the bottom up, of every part once.
 * @param step what a part is, given what its operands are
 */
export function foldScore<T>(root: ScoreExpression, step: (part: ScoreExpression, operands: readonly T[]) => T): T {
  const done = new Map<ScoreExpression, T>();
  const visit = (part: ScoreExpression): T => {
    const found = done.get(part);
    if (found !== undefined) return found;
    const result = step(part, operandsOf(part).map(visit));
    done.set(part, result);
    return result;
  };
  return visit(root);
}

/** The layers whose values it reads. */
export function layersIn(root: ScoreExpression): ReadonlySet<string> {
  const names = new Set<string>();
  foldScore(root, (part) => {
    if (part.kind === 'layer') names.add(part.name);
    return part;
  });
  return names;
}

/** The length of a part that is known to be a vector. */
export function vectorLength({ kind, length }: ScoreExpression): number {
  if (length === undefined) throw internalError('score', `${kind} is one number, not a vector`);
  return length;
}
