/** WebAssembly instances of compiled modules, with the part of the standard interface they use (Node's types leave it out). */

export interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly run: (groups: number) => void;
}

interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

export function instantiate(bytes: Uint8Array): Exports {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
  return new Instance(new Module(bytes)).exports as Exports;
}
