/** Graph -> functions of the module: each root is computed, kept in its place and written to the output rows. */
import binaryen from 'binaryen';
import { Code } from './code.js';
import { FunctionEmitter } from './emit-root.js';
import type { DotsNode, Node } from './graph.js';
import type { RowLayout, RowLayouts } from './layout.js';
import type { Memory } from './memory.js';
import { longestFamily, type Plan } from './plan.js';
import { WideRoom } from './wide-arithmetic.js';

/** Size of a function (Code) at which the next one starts: V8 optimises functions of this size fast and well. */
const functionSize = 2500;

/** Sums of dot products computed side by side: their accumulators and what they read fit the 16 vector registers. */
const sumsTogether = Math.min(4, longestFamily);

/** @returns the functions' names in the order they run for each group of events */
export function emitGraph(module: binaryen.Module, memory: Memory, plan: Plan, layouts: RowLayouts): readonly string[] {
  const base = memory.allocate(plan.bytes);
  const names: string[] = [];
  const room = new WideRoom(memory);
  const start = (): FunctionEmitter => new FunctionEmitter(new Code(module, memory), plan, base, layouts, room);
  let current = start();
  const finish = (): void => {
    names.push(`part_${names.length}`);
    current.code.finish(names.at(-1)!);
  };
  for (let index = 0; index < plan.roots.length; ) {
    if (current.code.size > functionSize) {
      finish();
      current = start();
    }
    const together = dotsFrom(plan.roots, index);
    if (together.length > 0) current.dots(together);
    else current.root(plan.roots[index]!);
    index += Math.max(1, together.length);
  }
  finish();
  return names;
}

/** The sums of dot products from `index` on that are computed together. */
function dotsFrom(roots: readonly Node[], index: number): readonly DotsNode[] {
  const found: DotsNode[] = [];
  for (const root of roots.slice(index, index + sumsTogether)) {
    if (root.kind !== 'dots' || (found[0] !== undefined && root.family !== found[0].family)) break;
    found.push(root);
  }
  return found;
}

/** The exported function: all parts for one group of eight events after the other. */
export function emitRun(
  module: binaryen.Module,
  parts: readonly string[],
  rows: { readonly input: number; readonly output: number },
  { input, output }: RowLayouts,
): void {
  const { i32, local } = module;
  const [groups, inputRow, outputRow] = [0, 1, 2];
  const get = (index: number): binaryen.ExpressionRef => local.get(index, binaryen.i32);
  const advance = (index: number, by: number): binaryen.ExpressionRef =>
    local.set(index, i32.add(get(index), i32.const(by)));
  const groupBytes = ({ wordsPerRow, wordBits }: RowLayout): number => wordsPerRow * wordBits;
  const body = [
    ...parts.map((name) => module.call(name, [get(inputRow), get(outputRow)], binaryen.none)),
    advance(inputRow, groupBytes(input)),
    advance(outputRow, groupBytes(output)),
    local.set(groups, i32.sub(get(groups), i32.const(1))),
    module.br('groups', get(groups)),
  ];
  module.addFunction(
    'run',
    binaryen.createType([binaryen.i32]),
    binaryen.none,
    [binaryen.i32, binaryen.i32],
    module.block(null, [
      local.set(inputRow, i32.const(rows.input)),
      local.set(outputRow, i32.const(rows.output)),
      module.if(get(groups), module.loop('groups', module.block(null, body))),
    ]),
  );
  module.addFunctionExport('run', 'run');
}
