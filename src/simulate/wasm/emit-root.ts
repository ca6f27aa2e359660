/** Computes roots of the graph in one function, with all that is computed inside them. */
import binaryen from 'binaryen';
import { emitOverflow, emitRounding, roundedRange } from './cast.js';
import { type Code, outputPointer } from './code.js';
import { emitGeneric, type GenericNode } from './emit-node.js';
import type { Bits, CastNode, DotsNode, InputNode, LookupNode, Node, PairNode, SumNode } from './graph.js';
import {
  constantVector,
  LaneArithmetic,
  type Lanes,
  multiplyWide,
  narrow,
  vectorCount,
  widen,
} from './lane-arithmetic.js';
import type { RowLayouts } from './layout.js';
import { keptInBytes, type Plan } from './plan.js';
import { gatherWide, InputReader, unpacked, writeColumn } from './rows.js';
import { type Wide, WideArithmetic, type WideRoom, wideAt } from './wide-arithmetic.js';
import { workBits } from './work-bits.js';

export class FunctionEmitter {
  readonly #inputs: InputReader;

  /** @param base address of the first place */
  constructor(
    readonly code: Code,
    private readonly plan: Plan,
    private readonly base: number,
    private readonly layouts: RowLayouts,
    private readonly room: WideRoom,
  ) {
    this.#inputs = new InputReader(code, layouts.input);
  }

  root(node: Node): void {
    this.room.reset();
    if (node.bits > 64) this.#finishWide(node, this.#computedWide(node));
    else if (node.kind === 'pair') this.#storeVectors(node, this.#interleaved(node));
    else this.#finish(node, this.#computed(node));
  }

  /** Sums over the same pairs, side by side: each pair is loaded once for all of them. */
  dots(nodes: readonly DotsNode[]): void {
    const { code } = this;
    const { i32x4, v128 } = code.module;
    const pairs = [...new Set(nodes.flatMap(({ dots }) => dots.map(({ pair }) => pair)))].sort((a, b) => a.id - b.id);
    const weights = nodes.map(({ dots }) => new Map(dots.map((dot) => [dot.pair, dot.weights])));
    const sums: (Lanes | undefined)[] = nodes.map(() => undefined);
    const add = (pair: PairNode): void => {
      const halves = this.#loaded(pair, 2);
      for (const [index, sum] of sums.entries()) {
        const weight = weights[index]!.get(pair);
        if (weight === undefined) continue;
        const both = code.keep(v128.load32_splat(0, 4, code.address(code.memory.weightPair(weight))));
        const products = halves.map((half) => i32x4.dot_i16x8_s(code.get(half), code.get(both)));
        if (sum === undefined) sums[index] = products.map((product) => code.keep(product));
        else for (const [part, local] of sum.entries()) code.assign(local, i32x4.add(code.get(local), products[part]!));
      }
    };
    for (const pair of pairs) code.fenced(() => add(pair));
    for (const [index, node] of nodes.entries()) this.#finish(node, narrow(code, sums[index]!, 32, node.bits));
  }

  /** Keeps a value of up to 64 bits, and writes it to the output rows. */
  #finish(node: Node, lanes: Lanes): void {
    if (this.plan.places.has(node)) this.#storeVectors(node, lanes);
    for (const { word } of this.plan.outputs.get(node) ?? []) {
      writeColumn(this.code, this.layouts.output, word, lanes, node.bits);
    }
  }

  #finishWide(node: Node, value: Wide): void {
    const { code } = this;
    const { i32 } = code.module;
    if (this.plan.places.has(node)) this.#wide(node.bits).copy(value, this.#widePlace(node));
    for (const { word, limbs } of this.plan.outputs.get(node) ?? []) {
      const row = i32.add(code.pointer(outputPointer), i32.const(word * 8));
      const target = [row, i32.const(this.layouts.output.wordsPerRow * 8), i32.const(limbs)];
      const source = [i32.const(value.address), i32.const(value.limbs), i32.const(value.stride)];
      code.do(code.module.call('wide_scatter', [...target, ...source], binaryen.none));
    }
  }

  /** A value of up to 64 bits in its own lane: from its place, or computed here. */
  #value(node: Node): Lanes {
    return this.plan.places.has(node) ? this.#loaded(node, vectorCount(node.bits)) : this.#computed(node);
  }

  /** A value of up to 64 bits in a lane of at least its own bits; a constant modulo 2^bits. */
  #lanes(node: Node, bits: 16 | 32 | 64): Lanes {
    if (node.kind === 'constant') return new LaneArithmetic(this.code, bits).constant(node.interval.low);
    return widen(this.code, this.#value(node), node.bits, bits);
  }

  #computed(node: Node): Lanes {
    const bits = workBits(node);
    switch (node.kind) {
      case 'input':
        return this.#inputs.read(this.#inputWord(node), node.bits);
      case 'lookup':
        return this.#lookup(node);
      case 'pair':
      case 'dots':
        throw new Error(`a ${node.kind} is always a root`);
      default:
        if (bits > 64)
          return this.#narrowed(
            emitGeneric(node, this.#wide(bits), (a) => this.#wideOperand(a, bits)),
            node.bits,
          );
        return this.#inLanes(node, bits as 16 | 32 | 64);
    }
  }

  #inLanes(node: GenericNode, bits: 16 | 32 | 64): Lanes {
    const { code } = this;
    const get = (operand: Node): Lanes => this.#lanes(operand, bits);
    if (node.kind === 'multiply') {
      const half = (bits / 2) as 16 | 32;
      const isHalf = (a: Node): boolean => a.bits <= half;
      if (half >= 16 && isHalf(node.a) && isHalf(node.b)) {
        const a = this.#lanes(node.a, half);
        return narrow(
          code,
          multiplyWide(code, a, node.a === node.b ? a : this.#lanes(node.b, half), half),
          bits,
          node.bits,
        );
      }
    }
    if (node.kind === 'cast' && bits === 32 && node.bits === 16) return this.#cast(node, get);
    if (node.kind === 'sum') return narrow(code, this.#sum(node, bits), bits, node.bits);
    return narrow(code, emitGeneric(node, new LaneArithmetic(code, bits), get), bits, node.bits);
  }

  /** As one expression for each vector: long sums are most of a module, and this halves them. */
  #sum(node: SumNode, bits: 16 | 32 | 64): Lanes {
    const { i16x8, i32x4, i64x2 } = this.code.module;
    const { add, sub } = bits === 16 ? i16x8 : bits === 32 ? i32x4 : i64x2;
    const ordered = [...node.terms].sort((x, y) => Number(x.isNegative) - Number(y.isNegative));
    const start = ordered[0]!.isNegative ? vectorsOfZero(this.code, bits) : this.#vectors(ordered.shift()!.a, bits);
    const sums = ordered.reduce((partial, { a, isNegative }) => {
      const vectors = this.#vectors(a, bits);
      return partial.map((sum, part) => (isNegative ? sub : add)(sum, vectors[part]!));
    }, start);
    return sums.map((sum) => this.code.keep(sum));
  }

  /** Expressions for the vectors of a value, each to be used once: loaded where they are added, if they have a place. */
  #vectors(node: Node, bits: 16 | 32 | 64): binaryen.ExpressionRef[] {
    const { code } = this;
    if (node.bits !== bits || !this.plan.places.has(node) || this.#isKeptInBytes(node))
      return this.#lanes(node, bits).map((local) => code.get(local));
    return this.#loads(node, vectorCount(bits));
  }

  /**
   * A cast from 32-bit to 16-bit lanes. Narrowing saturates, and saturation to the format is idempotent on top of a wider
   * one, so it can follow in 16-bit lanes, where it takes half the instructions.
   */
  #cast(node: CastNode, get: (operand: Node) => Lanes): Lanes {
    const { code } = this;
    const on = new LaneArithmetic(code, 32);
    const rounded = emitRounding(on, node, get(node.a));
    const { low, high } = roundedRange(node);
    const saturates = node.to.overflow === 'AP_SAT' || node.to.overflow === 'AP_SAT_SYM';
    if (!saturates) return narrow(code, emitOverflow(on, rounded, { low, high }, node.to), 32, 16);
    const clipped = { low: low < -0x8000n ? -0x8000n : low, high: high > 0x7fffn ? 0x7fffn : high };
    return emitOverflow(new LaneArithmetic(code, 16), narrow(code, rounded, 32, 16), clipped, node.to);
  }

  /** The entries one after the other; the index is proved to be inside the table. */
  #lookup(node: LookupNode): Lanes {
    const { code } = this;
    const { i16x8, i32x4, i32, v128 } = code.module;
    const index = this.#lanes(node.a, node.a.bits as 16 | 32);
    const bytes = node.bits / 8;
    const table = code.memory.table(node.table, bytes);
    const load = bytes === 2 ? v128.load16_lane : bytes === 4 ? v128.load32_lane : v128.load64_lane;
    const perVector = 8 / vectorCount(node.bits);
    return Array.from({ length: vectorCount(node.bits) }, (_, part) => {
      let vector = constantVector(code, node.bits, 0n);
      for (let lane = 0; lane < perVector; lane++) {
        const event = part * perVector + lane;
        const number =
          node.a.bits === 16
            ? i16x8.extract_lane_u(code.get(index[0]!), event)
            : i32x4.extract_lane(code.get(index[event >> 2]!), event & 3);
        vector = load(table, bytes, lane, i32.shl(number, i32.const(Math.log2(bytes))), vector);
      }
      return code.keep(vector);
    });
  }

  /** Both numbers of each event side by side: the first four events, the last four. */
  #interleaved(node: PairNode): Lanes {
    const [a] = this.#lanes(node.a, 16);
    const [b] = this.#lanes(node.b, 16);
    return [unpacked(this.code, a!, b!, 2, 0), unpacked(this.code, a!, b!, 2, 8)];
  }

  #inputWord(node: InputNode): number {
    return this.#inputs.wordOf(node.column);
  }

  #computedWide(node: Node): Wide {
    const { code } = this;
    const bits = workBits(node);
    switch (node.kind) {
      case 'input': {
        const value = wideAt(this.room.take(8 * node.bits), node.bits / 64);
        gatherWide(code, this.layouts.input, this.#inputWord(node), value.address, value.limbs);
        return value;
      }
      case 'lookup':
        return this.#wide(bits).lookup(node.table, this.#wideOperand(node.a, 64));
      case 'pair':
      case 'dots':
        throw new Error(`a ${node.kind} is never wide`);
      default:
        return emitGeneric(node, this.#wide(bits), (operand) => this.#wideOperand(operand, bits));
    }
  }

  #wide(bits: Bits): WideArithmetic {
    return new WideArithmetic(this.code, bits, this.room);
  }

  #wideOperand(node: Node, bits: Bits): Wide {
    if (node.kind === 'constant') return this.#wide(bits).constant(node.interval.low);
    if (node.bits > 64) return this.#widePlace(node);
    const place = wideAt(this.room.take(64), 1);
    for (const [part, local] of this.#lanes(node, 64).entries()) this.#store(place.address + 16 * part, local);
    return place;
  }

  #widePlace(node: Node): Wide {
    return wideAt(this.#place(node), node.bits / 64);
  }

  /** A wide number that is proved to fit a lane: its lowest limb. */
  #narrowed(value: Wide, bits: Bits): Lanes {
    const { code } = this;
    const { v128 } = code.module;
    const place = wideAt(this.room.take(64), 1);
    this.#wide(64).copy(value, place);
    const lanes = [0, 16, 32, 48].map((offset) => code.keep(v128.load(0, 16, code.address(place.address + offset))));
    return narrow(code, lanes, 64, bits);
  }

  #place(node: Node): number {
    return this.base + this.plan.places.get(node)!;
  }

  #storeVectors(node: Node, lanes: Lanes): void {
    const { code } = this;
    const { i8x16, v128 } = code.module;
    const address = this.#place(node);
    if (this.#isKeptInBytes(node)) {
      const bytes = i8x16.narrow_i16x8_s(code.get(lanes[0]!), code.get(lanes[0]!));
      code.do(v128.store64_lane(0, 8, 0, code.address(address), bytes));
      return;
    }
    for (const [part, local] of lanes.entries()) this.#store(address + 16 * part, local);
  }

  #store(address: number, local: number): void {
    const { code } = this;
    code.do(code.module.v128.store(0, 16, code.address(address), code.get(local)));
  }

  #loaded(node: Node, vectors: number): Lanes {
    const { code } = this;
    if (!this.#isKeptInBytes(node)) return this.#loads(node, vectors).map((load) => code.keep(load));
    return [code.keep(code.module.v128.load8x8_s(0, 8, code.address(this.#place(node))))];
  }

  #loads(node: Node, vectors: number): binaryen.ExpressionRef[] {
    const { code } = this;
    const address = this.#place(node);
    return Array.from({ length: vectors }, (_, part) =>
      code.module.v128.load(0, 16, code.address(address + 16 * part)),
    );
  }

  #isKeptInBytes(node: Node): boolean {
    return this.plan.isCompact && keptInBytes(node);
  }
}

function vectorsOfZero(code: Code, bits: Bits): binaryen.ExpressionRef[] {
  return Array.from({ length: vectorCount(bits) }, () => constantVector(code, bits, 0n));
}
