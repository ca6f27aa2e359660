/**
 * What a score expression means, computed a second way: read and evaluated in one go, character by character, in exact fractions.
 * Shares nothing with src, nor the library that parses there.
 */

/** `raw * 2^-fraction`. */
export interface ScoreNumber {
  readonly raw: bigint;
  readonly fraction: number;
}

/** A vector, or one number. */
type Value = readonly ScoreNumber[] | ScoreNumber;

/**
 * @param valuesOf the values of a layer
 * @returns the exact score; its fraction bits are those that the operations give, whatever the values are
 */
export function scoreOracle(text: string, valuesOf: (name: string) => readonly ScoreNumber[]): ScoreNumber {
  const evaluation = new Evaluation(text, valuesOf);
  const score = evaluation.sum();
  if (!evaluation.isAtEnd() || isVector(score)) throw new Error(`the oracle does not understand ${text}`);
  return score;
}

class Evaluation {
  #at = 0;
  constructor(
    private readonly text: string,
    private readonly valuesOf: (name: string) => readonly ScoreNumber[],
  ) {}

  isAtEnd(): boolean {
    return this.#next() === '';
  }

  sum(): Value {
    let value = this.#product();
    for (;;) {
      if (this.#takes('+')) value = together(value, this.#product(), plus);
      else if (this.#takes('-')) value = together(value, this.#product(), minus);
      else return value;
    }
  }

  #product(): Value {
    let value = this.#signed();
    for (;;) {
      if (this.#takes('*') || this.#takes('.*')) value = together(value, this.#signed(), times);
      else if (this.#takes('/') || this.#takes('./')) value = together(value, inverted(this.#number()), times);
      else return value;
    }
  }

  /** A minus binds less than a power: -x^2 is -(x^2). */
  #signed(): Value {
    if (this.#takes('+')) return this.#signed();
    if (!this.#takes('-')) return this.#power();
    return mapped(this.#signed(), negative);
  }

  #power(): Value {
    const base = this.#element();
    if (!this.#takes('^') && !this.#takes('.^')) return base;
    const exponent = this.#number();
    return mapped(base, (number) => Array.from({ length: Number(exponent.raw) }, () => number).reduce(times));
  }

  #element(): Value {
    const value = this.#atom();
    if (!this.#takes('[')) return value;
    const { raw } = this.#number();
    this.#expect(']');
    return (value as readonly ScoreNumber[])[Number(raw)]!;
  }

  #atom(): Value {
    if (this.#takes('(')) {
      const value = this.sum();
      this.#expect(')');
      return value;
    }
    if (/[\d.]/.test(this.#next())) return this.#number();
    const quoted = this.#matched(/"([^"]*)"/y);
    if (quoted !== undefined) return this.valuesOf(quoted);
    const name = this.#matched(/([A-Za-z_]\w*)/y)!;
    return this.#takes('(') ? this.#called(name) : this.valuesOf(name);
  }

  #called(name: string): Value {
    const args = [this.sum()];
    while (this.#takes(',')) args.push(this.sum());
    this.#expect(')');
    const all = args.length > 1 ? undefined : (args[0] as readonly ScoreNumber[]);
    switch (name) {
      case 'abs':
        return mapped(args[0]!, (number) => larger(number, negative(number)));
      case 'sum':
        return all!.reduce(plus);
      case 'max':
        return all?.reduce(larger) ?? args.reduce((a, b) => together(a, b, larger));
      case 'min':
        return all?.reduce(smaller) ?? args.reduce((a, b) => together(a, b, smaller));
      default:
        throw new Error(`the oracle knows no ${name}`);
    }
  }

  #number(): ScoreNumber {
    const digits = this.#matched(/(\d+(?:\.\d+)?)/y)!;
    const [whole = '', decimals = ''] = digits.replace(/(\.\d*?)0+$/, '$1').split('.');
    let [raw, fraction] = [BigInt(whole + decimals), decimals.length];
    // A decimal with so many digits has as many binary ones, and all fives are gone from it.
    raw /= 5n ** BigInt(fraction);
    for (; fraction > 0 && raw % 2n === 0n; fraction--) raw /= 2n;
    return { raw, fraction };
  }

  #matched(pattern: RegExp): string | undefined {
    this.#next();
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.text);
    if (match !== null) this.#at = pattern.lastIndex;
    return match?.[1];
  }

  #takes(word: string): boolean {
    this.#next();
    const isHere = this.text.startsWith(word, this.#at);
    if (isHere) this.#at += word.length;
    return isHere;
  }

  #expect(word: string): void {
    if (!this.#takes(word)) throw new Error(`the oracle misses ${word} at ${this.#at} of ${this.text}`);
  }

  /** The next character that is no space. */
  #next(): string {
    while (this.text[this.#at] === ' ') this.#at++;
    return this.text[this.#at] ?? '';
  }
}

function isVector(value: Value): value is readonly ScoreNumber[] {
  return Array.isArray(value);
}

function mapped(value: Value, change: (number: ScoreNumber) => ScoreNumber): Value {
  return isVector(value) ? value.map(change) : change(value);
}

type Operation = (a: ScoreNumber, b: ScoreNumber) => ScoreNumber;

function together(left: Value, right: Value, operation: Operation): Value {
  if (isVector(left)) return left.map((a, index) => operation(a, isVector(right) ? right[index]! : right));
  return mapped(right, (b) => operation(left, b));
}

/** Both in the finer of their units. */
function aligned(a: ScoreNumber, b: ScoreNumber): { fraction: number; x: bigint; y: bigint } {
  const fraction = Math.max(a.fraction, b.fraction);
  const scaled = (number: ScoreNumber): bigint => number.raw * 2n ** BigInt(fraction - number.fraction);
  return { fraction, x: scaled(a), y: scaled(b) };
}

function plus(a: ScoreNumber, b: ScoreNumber): ScoreNumber {
  const { fraction, x, y } = aligned(a, b);
  return { raw: x + y, fraction };
}

function minus(a: ScoreNumber, b: ScoreNumber): ScoreNumber {
  return plus(a, negative(b));
}

function times(a: ScoreNumber, b: ScoreNumber): ScoreNumber {
  return { raw: a.raw * b.raw, fraction: a.fraction + b.fraction };
}

function larger(a: ScoreNumber, b: ScoreNumber): ScoreNumber {
  const { fraction, x, y } = aligned(a, b);
  return { raw: x > y ? x : y, fraction };
}

function smaller(a: ScoreNumber, b: ScoreNumber): ScoreNumber {
  return negative(larger(negative(a), negative(b)));
}

function negative({ raw, fraction }: ScoreNumber): ScoreNumber {
  return { raw: -raw, fraction };
}

/** Of a power of two. */
function inverted({ raw, fraction }: ScoreNumber): ScoreNumber {
  const exponent = raw.toString(2).length - 1 - fraction;
  return exponent >= 0 ? { raw: 1n, fraction: exponent } : { raw: 2n ** BigInt(-exponent), fraction: 0 };
}
