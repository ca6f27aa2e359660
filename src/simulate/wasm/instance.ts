/** WebAssembly instances of compiled modules, with the part of the standard interface they use (Node's types leave it out). */
import type { FillSource } from './fill-code.js';

export interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly run: (groups: number) => void;
}

/** Of the module of `compileFill`: addresses and counts in, 0 out when all values fit. */
export type FillFunction = (source: number, target: number, rows: number, width: number, bounds: number) => number;

interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports?: object) => { readonly exports: unknown };
}

export function instantiate(bytes: Uint8Array): Exports {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
  return new Instance(new Module(bytes)).exports as Exports;
}

export function instantiateFill(
  bytes: Uint8Array,
  memory: Exports['memory'],
): Readonly<Record<FillSource, FillFunction>> {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
  return new Instance(new Module(bytes), { simulator: { memory } }).exports as ReturnType<typeof instantiateFill>;
}
