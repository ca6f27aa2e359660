/** Random score expressions over given vectors: every operation, powers of two and other exact constants, shared parts. */
import type { Random } from '../../src/base/random.js';

export interface ScoredVector {
  /** As an expression names it. */
  readonly name: string;
  readonly length: number;
}

/** The operations that a text can have, to see that all were met. */
export const scoreOperations = ['+', '-', '*', '/', '^', '[', 'sum(', 'abs(', 'max(', 'min(', '0.', '"', ', '] as const;

export class RandomScores {
  constructor(
    private readonly random: Random,
    private readonly vectors: readonly ScoredVector[],
  ) {}

  /** One number: a reduction at least. */
  next(depth = this.random.integer(0, 2)): string {
    const { random } = this;
    const inner = (): string => this.next(depth - 1);
    const own = (): string => this.#reduced(random.integer(0, 2));
    if (depth <= 0) return own();
    switch (random.integer(0, 8)) {
      case 0:
        return `${own()} + ${inner()}`;
      case 1:
        return `${own()} - (${inner()})`;
      case 2:
        return `(${own()}) * (${inner()})`;
      case 3:
        return `${random.pick(constants)} * (${inner()})`;
      case 4:
        return `(${inner()}) / ${random.pick(['2', '4', '0.5', '64'])}`;
      case 5:
        return `${random.pick(['max', 'min'])}(${own()}, ${inner()}${random.chance(0.5) ? `, ${random.pick(constants)}` : ''})`;
      case 6:
        return `abs(${inner()})`;
      case 7:
        return `-(${inner()})`;
      default: {
        // The same part twice: a value that has two readers.
        const part = inner();
        return `(${part}) + max(${part}, ${random.pick(constants)})`;
      }
    }
  }

  #reduced(depth: number): string {
    const { random } = this;
    const { length, ...vector } = random.pick(this.vectors);
    const values = this.#vector(vector.name, length, depth);
    const kind = random.integer(0, 5);
    if (kind === 5) return `(${values})[${random.integer(0, length - 1)}]`;
    return `${['sum', 'sum', 'max', 'min', 'max'][kind]}(${values})`;
  }

  /** Something as long as the named vector. */
  #vector(name: string, length: number, depth: number): string {
    const { random } = this;
    if (depth === 0) return name;
    const inner = (): string => this.#vector(name, length, depth - 1);
    const partner = random.pick(this.vectors.filter((other) => other.length === length));
    switch (random.integer(0, 7)) {
      case 0:
      case 1:
        return `(${inner()})^${random.pick([2, 2, 3, 4])}`;
      case 2:
        return `abs(${inner()})`;
      case 3:
        return `${inner()} - ${partner.name}`;
      case 4:
        return `${random.pick(constants)} * (${inner()})`;
      case 5:
        return `${random.pick(['max', 'min'])}(${inner()}, ${random.pick([partner.name, ...constants])})`;
      case 6:
        return `(${inner()}) * ${partner.name}`;
      default:
        return `-${partner.name} + ${inner()} / 2`;
    }
  }
}

const constants = ['0', '1', '0.5', '0.25', '3', '2', '0.625', '1.50'];
