/** Decimal digits of integers, written as bytes. */

const [zero, minus] = [0x30, 0x2d];

export class IntegerText {
  readonly #bytes: Uint8Array;
  #length = 0;

  /** @param capacity bytes at most; an integer of 32 bits has up to 11 */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** @param text of characters below 128 */
  addText(text: string): void {
    for (let index = 0; index < text.length; index++) this.#bytes[this.#length++] = text.charCodeAt(index);
  }

  /** @param value of at most 32 bits */
  addInteger(value: number): void {
    const bytes = this.#bytes;
    let magnitude = value;
    if (value < 0) {
      bytes[this.#length++] = minus;
      magnitude = -value;
    }
    this.#length += digitCount(magnitude);
    let at = this.#length;
    do {
      const tens = Math.floor(magnitude / 10);
      bytes[--at] = zero + magnitude - 10 * tens;
      magnitude = tens;
    } while (magnitude > 0);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

function digitCount(magnitude: number): number {
  let count = 1;
  for (let limit = 10; magnitude >= limit; limit *= 10) count++;
  return count;
}
