/** Every array of a small npz file: float32 or float64, in C order; stored or deflated. */
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

export interface NpzArray {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}

/** By name, without the ending `.npy`. */
export function readNpzArrays(path: string): ReadonlyMap<string, NpzArray> {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  const arrays = new Map<string, NpzArray>();
  let at = bytes.readUInt32LE(end + 16);
  for (let entry = 0; entry < bytes.readUInt16LE(end + 10); entry++) {
    const [method, size, name, extra, comment] = [
      bytes.readUInt16LE(at + 10),
      bytes.readUInt32LE(at + 20),
      ...[28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset)),
    ] as [number, number, number, number, number];
    const local = bytes.readUInt32LE(at + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const data = bytes.subarray(start, start + size);
    const title = bytes.toString('utf8', at + 46, at + 46 + name);
    arrays.set(title.replace(/\.npy$/, ''), npyArray(method === 0 ? data : inflateRawSync(data)));
    at += 46 + name + extra + comment;
  }
  return arrays;
}

function npyArray(bytes: Buffer): NpzArray {
  const length = bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, 10 + length);
  const type = /'descr': '<(f[48])'/.exec(header)?.[1];
  if (bytes[6] !== 1 || type === undefined || !header.includes("'fortran_order': False"))
    throw new Error(`not an array that is read here: ${header}`);
  const shape = [.../'shape': \(([^)]*)\)/.exec(header)![1]!.matchAll(/\d+/g)].map(Number);
  const data = Uint8Array.from(bytes.subarray(10 + length)).buffer;
  return { shape, values: type === 'f4' ? new Float32Array(data) : new Float64Array(data) };
}
