/** Arithmetic on numbers of several 64-bit limbs, through functions of the module (wide-functions.ts): slow, and rare. */
import binaryen from 'binaryen';
import type { Arithmetic } from './arithmetic.js';
import type { Code } from './code.js';
import type { Memory } from './memory.js';

/** Eight numbers in memory, each of `limbs` 64-bit limbs in two's complement, the lowest first. */
export interface Wide {
  readonly address: number;
  readonly limbs: number;
  /** Bytes from one event's number to the next; 0 for a constant. */
  readonly stride: number;
}

export function wideAt(address: number, limbs: number): Wide {
  return { address, limbs, stride: 8 * limbs };
}

/** Memory for results that live while one root is computed. */
export class WideRoom {
  readonly #blocks: { readonly address: number; readonly bytes: number; isTaken: boolean }[] = [];

  constructor(private readonly memory: Memory) {}

  /** All memory is free again. */
  reset(): void {
    for (const block of this.#blocks) block.isTaken = false;
  }

  take(bytes: number): number {
    let block = this.#blocks.find((free) => !free.isTaken && free.bytes === bytes);
    if (block === undefined) {
      block = { address: this.memory.allocate(bytes), bytes, isTaken: true };
      this.#blocks.push(block);
    }
    block.isTaken = true;
    return block.address;
  }
}

export class WideArithmetic implements Arithmetic<Wide> {
  /** @param bits a multiple of 64 */
  constructor(
    private readonly code: Code,
    readonly bits: number,
    private readonly room: WideRoom,
  ) {}

  get #limbs(): number {
    return this.bits / 64;
  }

  constant(raw: bigint): Wide {
    return { address: this.code.memory.table([raw], this.bits / 8), limbs: this.#limbs, stride: 0 };
  }

  add(a: Wide, b: Wide): Wide {
    return this.#call('add', a, b);
  }

  subtract(a: Wide, b: Wide): Wide {
    return this.#call('subtract', a, b);
  }

  multiply(a: Wide, b: Wide): Wide {
    return this.#call('multiply', a, b);
  }

  and(a: Wide, b: Wide): Wide {
    return this.#call('and', a, b);
  }

  shiftLeft(a: Wide, places: number): Wide {
    return this.#shift('shift_left', a, places);
  }

  shiftRight(a: Wide, places: number): Wide {
    return this.#shift('shift_right', a, places);
  }

  min(a: Wide, b: Wide): Wide {
    return this.select(this.less(a, b), a, b);
  }

  max(a: Wide, b: Wide): Wide {
    return this.select(this.less(a, b), b, a);
  }

  /** One limb: masks are read with their sign extended, as every operand is. */
  less(a: Wide, b: Wide): Wide {
    return this.#call('less', a, b, 1);
  }

  equal(a: Wide, b: Wide): Wide {
    return this.#call('equal', a, b, 1);
  }

  /** b ^ ((a ^ b) & mask). */
  select(mask: Wide, a: Wide, b: Wide): Wide {
    return this.#call('xor', b, this.and(this.#call('xor', a, b), mask));
  }

  /** The numbers modulo 2^(64 * limbs) at a place that outlives the node. */
  copy(a: Wide, to: Wide): void {
    const { i32 } = this.code.module;
    this.#run('shift_right', [...this.#target(to), ...this.#operand(a), i32.const(0)]);
  }

  /** Numbers of a constant table; the index is one limb. */
  lookup(table: readonly bigint[], index: Wide): Wide {
    const address = this.code.memory.table(table, this.bits / 8);
    const result = this.#room(this.#limbs);
    this.#run('lookup', [...this.#target(result), this.code.address(address), this.code.address(index.address)]);
    return result;
  }

  #call(name: string, a: Wide, b: Wide, limbs = this.#limbs): Wide {
    const result = this.#room(limbs);
    this.#run(name, [...this.#target(result), ...this.#operand(a), ...this.#operand(b)]);
    return result;
  }

  #shift(name: string, a: Wide, places: number): Wide {
    const result = this.#room(this.#limbs);
    this.#run(name, [...this.#target(result), ...this.#operand(a), this.code.module.i32.const(places)]);
    return result;
  }

  #room(limbs: number): Wide {
    return wideAt(this.room.take(64 * limbs), limbs);
  }

  #target({ address, limbs }: Wide): binaryen.ExpressionRef[] {
    const { i32 } = this.code.module;
    return [i32.const(address), i32.const(limbs)];
  }

  #operand({ address, limbs, stride }: Wide): binaryen.ExpressionRef[] {
    const { i32 } = this.code.module;
    return [i32.const(address), i32.const(limbs), i32.const(stride)];
  }

  #run(name: string, operands: binaryen.ExpressionRef[]): void {
    this.code.do(this.code.module.call(`wide_${name}`, operands, binaryen.none));
  }
}
