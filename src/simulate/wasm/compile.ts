/** Program -> WebAssembly module: the fast simulator's compiler. The bytes and the layout can be sent to worker threads. */
import binaryen from 'binaryen';
import { internalError } from '../../base/diagnostic.js';
import { rangesOf } from '../../ir/intervals.js';
import type { Program } from '../../ir/op.js';
import { buildGraph, type ElementGraph } from './build-graph.js';
import { emitGraph, emitRun } from './emit-graph.js';
import type { Node } from './graph.js';
import { inputLayout, outputLayout, type RowLayout } from './layout.js';
import { Memory } from './memory.js';
import { type Output, planOf } from './plan.js';
import { memoryName, wideModule } from './wide-functions.js';

export interface CompileOptions {
  /** Every named value instead of the outputs alone. */
  readonly trace?: boolean;
  /** Events of one call of `run`: a multiple of 8. The default fits the second-level cache. */
  readonly blockEvents?: number;
}

/** A plain record: structured cloning carries it to worker threads. */
export interface CompiledModule {
  readonly bytes: Uint8Array;
  readonly inputs: RowLayout;
  readonly outputs: RowLayout;
  /** Addresses of the first input row and the first output row in the module's memory. */
  readonly inputAddress: number;
  readonly outputAddress: number;
  /** Where a `Filler` has room for its bounds and a block of a table of up to 32 bits. */
  readonly stageAddress: number;
  /** Rows that fit. */
  readonly blockEvents: number;
}

/** Bytes of rows that a block holds when the caller does not say how many. */
const blockBytes = 256 * 1024;
const pageBytes = 65536;

/** @param program a legal one (ir/verify.ts) */
export function compileProgram(program: Program, options: CompileOptions = {}): CompiledModule {
  const ranges = rangesOf(program);
  const inputs = inputLayout(program, ranges);
  const outputs = outputLayout(program, ranges, options.trace ?? false);
  const graph = buildGraph(program, ranges);
  const plan = planOf(graph, outputNodes(graph, outputs));
  const blockEvents = options.blockEvents ?? defaultBlock(rowBytes(inputs) + rowBytes(outputs));
  if (blockEvents < 8 || blockEvents % 8 !== 0) throw internalError(program.name, `a block of ${blockEvents} events`);

  const module = plan.isWide ? binaryen.parseText(wideModule) : new binaryen.Module();
  try {
    module.setFeatures(binaryen.Features.SIMD128);
    const memory = new Memory();
    // Loads want a memory to exist when they are made; its size is known at the end.
    setMemory(module, memory, false);
    const parts = emitGraph(module, memory, plan, { input: inputs, output: outputs });
    // The transposition reads whole vectors, up to 16 bytes beyond the last row.
    const inputAddress = memory.allocate(blockEvents * rowBytes(inputs) + 16, 64);
    const outputAddress = memory.allocate(blockEvents * rowBytes(outputs), 64);
    const stageAddress = memory.allocate((blockEvents + 3) * inputs.wordsPerRow * 4, 64);
    emitRun(module, parts, { input: inputAddress, output: outputAddress }, { input: inputs, output: outputs });
    setMemory(module, memory, true);
    if (!module.validate()) throw internalError(program.name, 'the WebAssembly module is not valid');
    const bytes = module.emitBinary();
    return { bytes, inputs, outputs, inputAddress, outputAddress, stageAddress, blockEvents };
  } finally {
    module.dispose();
  }
}

function outputNodes(graph: ElementGraph, layout: RowLayout): ReadonlyMap<Node, readonly Output[]> {
  const outputs = new Map<Node, Output[]>();
  for (const { id, words, limbs } of layout.columns) {
    for (const [index, node] of graph.values.get(id)!.entries()) {
      const output = { word: words[index]!, limbs: limbs[index]! };
      outputs.set(node, [...(outputs.get(node) ?? []), output]);
    }
  }
  return outputs;
}

function rowBytes({ wordBits, wordsPerRow }: RowLayout): number {
  return (wordsPerRow * wordBits) / 8;
}

function defaultBlock(bytesPerEvent: number): number {
  return Math.min(8192, Math.max(8, Math.floor(blockBytes / bytesPerEvent / 8) * 8));
}

function setMemory(module: binaryen.Module, memory: Memory, isFinal: boolean): void {
  const pages = Math.ceil(memory.size / pageBytes);
  const segments = memory.segments.map(({ address, bytes }) => ({ offset: module.i32.const(address), data: bytes }));
  module.setMemory(pages, pages, isFinal ? 'memory' : null, segments, false, false, memoryName);
}
