/** The body of one function under construction: straight-line code, every intermediate in a local of its own. */
import binaryen from 'binaryen';
import type { Memory } from './memory.js';

/** A v128 local. */
export type Local = number;

/** Parameters of every function: the addresses of the group's first input row and first output row. */
export const inputPointer = 0;
export const outputPointer = 1;
const parameters = 2;

export class Code {
  #statements: binaryen.ExpressionRef[] = [];
  #locals = 0;
  #addresses = 0;

  constructor(
    readonly module: binaryen.Module,
    readonly memory: Memory,
  ) {}

  /** Locals and uses of memory so far: a measure of its length. */
  get size(): number {
    return this.#locals + this.#addresses;
  }

  do(statement: binaryen.ExpressionRef): void {
    this.#statements.push(statement);
  }

  keep(value: binaryen.ExpressionRef): Local {
    const local = parameters + this.#locals++;
    this.do(this.module.local.set(local, value));
    return local;
  }

  /** Gives a local another value. */
  assign(local: Local, value: binaryen.ExpressionRef): void {
    this.do(this.module.local.set(local, value));
  }

  /**
   * Keeps V8 from mixing the statements of `body` with those around it. Its scheduler moves pure instructions toward their
   * users past loads, which fills the stack with spilled registers; a branch that is always taken (row addresses are never
   * 0) is a fence for them, at one instruction.
   */
  fenced(body: () => void): void {
    const before = this.#statements;
    this.#statements = [];
    body();
    const inside = this.module.block(null, this.#statements);
    this.#statements = before;
    this.do(this.module.if(this.pointer(inputPointer), inside));
  }

  get(local: Local): binaryen.ExpressionRef {
    return this.module.local.get(local, binaryen.v128);
  }

  pointer(parameter: typeof inputPointer | typeof outputPointer): binaryen.ExpressionRef {
    return this.module.local.get(parameter, binaryen.i32);
  }

  address(address: number): binaryen.ExpressionRef {
    this.#addresses++;
    return this.module.i32.const(address);
  }

  /** Adds the function to the module. */
  finish(name: string): void {
    const { module } = this;
    module.addFunction(
      name,
      binaryen.createType([binaryen.i32, binaryen.i32]),
      binaryen.none,
      Array.from({ length: this.#locals }, () => binaryen.v128),
      module.block(null, this.#statements),
    );
  }
}
