/** Reads the text form of a program that `printProgram` writes. */
import { userError } from '../base/diagnostic.js';
import { suggest } from '../base/nearest.js';
import { type Format, parseFormat } from '../fixed/format.js';
import type { Table } from '../fixed/table.js';
import { type Op, opKinds, type Program, relations, type TensorType } from './op.js';

/**
 * Reads one program. Blank lines and `#` comments are skipped. The result is well-formed, not yet verified.
 * @param source the file's name, for errors
 * @throws AxocError (user) naming line and column
 */
export function parseProgram(text: string, source: string): Program {
  const lines = text
    .split('\n')
    .map((line, index) => new Line(line.replace(/#.*/, ''), `${source}:${index + 1}`))
    .filter((line) => !line.isAtEnd);
  const [first, last] = [lines[0], lines.at(-1)];
  if (first === undefined || last === undefined || lines.length < 2) {
    throw userError(
      'bad-program',
      source,
      'the text holds no program',
      'it starts with "program NAME" and ends with "output ID"',
    );
  }
  first.expect('program');
  const name = first.identifier();
  first.end();
  const ops = lines.slice(1, -1).map(parseOp);
  last.expect('output');
  const outputs = last.commaSeparated();
  last.end();
  return { name, ops, outputs };
}

function parseOp(line: Line): Op {
  const id = line.identifier();
  line.expect('=');
  const kind = line.oneOf(opKinds);
  const withType = <T>(rest: T): T & { readonly id: string; readonly type: TensorType } => {
    line.expect(':');
    const type = line.type();
    line.end();
    return { id, ...rest, type };
  };
  switch (kind) {
    case 'input':
      return withType({ kind });
    case 'constant':
      return withType({ kind, raws: line.integers() });
    case 'cast':
    case 'square':
    case 'relu':
    case 'reshape':
      return withType({ kind, operand: line.identifier() });
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'max':
      return withType({ kind, ...line.pair() });
    case 'compare':
      return withType({ kind, relation: line.oneOf(relations), ...line.pair() });
    case 'leaky_relu':
      return withType({ kind, operand: line.identifier(), slope: line.after('by', () => line.table()) });
    case 'shift':
      return withType({ kind, operand: line.identifier(), by: line.after('by', () => line.integers().map(Number)) });
    case 'dense':
      return withType({ kind, operand: line.identifier(), weights: line.after('by', () => line.table()) });
    case 'conv':
      return withType({
        kind,
        operand: line.identifier(),
        weights: line.after('by', () => line.table()),
        strides: line.after('strides', () => line.numbers(2)) as unknown as readonly [number, number],
        padding: line.after('padding', () => line.numbers(4)) as unknown as readonly [number, number, number, number],
      });
    case 'sum':
      return withType({ kind, operand: line.identifier(), axis: line.after('axis', () => line.number()) });
    case 'lookup':
      return withType({ kind, operand: line.identifier(), table: line.after('in', () => line.table()) });
    case 'concat':
      return withType({ kind, operands: line.commaSeparated(), axis: line.after('axis', () => line.number()) });
    case 'slice':
      return withType({
        kind,
        operand: line.identifier(),
        from: line.after('from', () => line.numbers()),
        to: line.after('to', () => line.numbers()),
      });
  }
}

const token = /\s*(ap_u?(?:fixed|int)<[^>]*>|[A-Za-z_][A-Za-z0-9_.]*|-?\d+|\S)/y;

/** One line, read token by token. */
class Line {
  #position = 0;
  /** Where the last token begins: the column of an error. */
  #start = 0;

  constructor(
    private readonly text: string,
    private readonly place: string,
  ) {}

  get isAtEnd(): boolean {
    return this.text.slice(this.#position).trim() === '';
  }

  end(): void {
    if (this.isAtEnd) return;
    const rest = this.text.slice(this.#position).trim();
    this.#next();
    throw this.#error(`unexpected "${rest}"`);
  }

  expect(word: string): void {
    const found = this.#next();
    if (found !== word) throw this.#error(`"${word}" expected, found "${found}"`);
  }

  after<T>(word: string, read: () => T): T {
    this.expect(word);
    return read();
  }

  identifier(): string {
    const found = this.#next();
    if (!/^[A-Za-z_]/.test(found)) throw this.#error(`a name expected, found "${found}"`);
    return found;
  }

  oneOf<T extends string>(words: readonly T[]): T {
    const found = this.#next();
    const word = words.find((known) => known === found);
    if (word === undefined) throw this.#error(`unknown word "${found}"`, suggest(found, words));
    return word;
  }

  commaSeparated(): string[] {
    const names = [this.identifier()];
    while (this.#peek() === ',') {
      this.expect(',');
      names.push(this.identifier());
    }
    return names;
  }

  pair(): { left: string; right: string } {
    const left = this.identifier();
    this.expect(',');
    return { left, right: this.identifier() };
  }

  integer(): bigint {
    const found = this.#next();
    if (!/^-?\d+$/.test(found)) throw this.#error(`an integer expected, found "${found}"`);
    return BigInt(found);
  }

  number(): number {
    return Number(this.integer());
  }

  /** `{1 -2 3}` */
  integers(): bigint[] {
    return this.#braced(() => this.integer());
  }

  /** `[1, 2]` */
  numbers(length?: number): number[] {
    this.expect('[');
    const values = [this.number()];
    while (this.#peek() === ',') {
      this.expect(',');
      values.push(this.number());
    }
    this.expect(']');
    if (length !== undefined && values.length !== length)
      throw this.#error(`${length} numbers expected, found ${values.length}`);
    return values;
  }

  table(): Table {
    return { shape: this.numbers(), format: this.#format(), raws: this.integers() };
  }

  type(): TensorType {
    const shape = this.numbers();
    return { shape, formats: this.#peek() === '{' ? this.#braced(() => this.#format()) : [this.#format()] };
  }

  #format(): Format {
    return parseFormat(this.#next(), `${this.place}:${this.#start + 1}`);
  }

  #braced<T>(read: () => T): T[] {
    this.expect('{');
    const items: T[] = [];
    while (!['}', ''].includes(this.#peek())) items.push(read());
    this.expect('}');
    return items;
  }

  /** The next token without taking it; empty at the end of the line. */
  #peek(): string {
    if (this.isAtEnd) return '';
    const position = this.#position;
    const found = this.#next();
    this.#position = position;
    return found;
  }

  #next(): string {
    token.lastIndex = this.#position;
    const match = token.exec(this.text);
    if (!match) {
      this.#start = this.text.trimEnd().length;
      throw this.#error('the line ends too early');
    }
    this.#position = token.lastIndex;
    this.#start = this.#position - match[1]!.length;
    return match[1]!;
  }

  #error(message: string, hint = 'the text form of programs is described in docs/ir.md') {
    return userError('bad-program', `${this.place}:${this.#start + 1}`, message, hint);
  }
}
