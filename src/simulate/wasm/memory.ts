/** The module's linear memory: constants with their bytes, and room for what runs. Addresses are fixed at compile time. */
import type { Bits } from './graph.js';

/** Vectors are 16 bytes; what is aligned to them never straddles two cache lines. */
const alignment = 16;

export interface Segment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

export class Memory {
  /** Address 0 stays free: nothing reads it unless something is wrong. */
  #end = 64;
  readonly segments: Segment[] = [];
  readonly #known = new Map<string, number>();

  get size(): number {
    return this.#end;
  }

  /** Room that is zero at first. */
  allocate(bytes: number, aligned = alignment): number {
    const address = Math.ceil(this.#end / aligned) * aligned;
    this.#end = address + bytes;
    return address;
  }

  /** A number modulo 2^bits in every lane of a vector. */
  splat(bits: Bits, raw: bigint): number {
    return this.#constant(`${bits} ${BigInt.asIntN(bits, raw)}`, alignment, () =>
      littleEndian(
        Array.from({ length: 128 / bits }, () => raw),
        bits / 8,
      ),
    );
  }

  /** Two 16-bit weights side by side, for v128.load32_splat. */
  weightPair([first, second]: readonly [bigint, bigint]): number {
    return this.#constant(`pair ${first} ${second}`, 4, () => littleEndian([first, second], 2));
  }

  /** Numbers of `bytesEach` bytes (a power of two, or a multiple of 8) one after the other. */
  table(raws: readonly bigint[], bytesEach: number): number {
    return this.#constant(`table ${bytesEach} ${raws.join()}`, alignment, () => littleEndian(raws, bytesEach));
  }

  #constant(key: string, aligned: number, bytesOf: () => Uint8Array): number {
    let address = this.#known.get(key);
    if (address === undefined) {
      const bytes = bytesOf();
      address = this.allocate(bytes.length, aligned);
      this.segments.push({ address, bytes });
      this.#known.set(key, address);
    }
    return address;
  }
}

/** Two's complement, lowest byte first. */
function littleEndian(raws: readonly bigint[], bytesEach: number): Uint8Array {
  const bytes = new Uint8Array(raws.length * bytesEach);
  for (const [index, raw] of raws.entries()) {
    for (let byte = 0, rest = raw; byte < bytesEach; byte++, rest >>= 8n) {
      bytes[index * bytesEach + byte] = Number(rest & 0xffn);
    }
  }
  return bytes;
}
