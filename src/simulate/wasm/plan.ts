/** Which nodes of a graph are computed, which of them get a place in memory, and where. */
import type { ElementGraph } from './build-graph.js';
import { type Node, operandsOfNode } from './graph.js';
import { workBits } from './work-bits.js';

/** Beyond this many bytes of places, numbers of 8 bits are kept in 8 bits: the first-level cache is 32 KB or more. */
const compactAbove = 24 * 1024;

/** Nodes and terms computed without a place between them: they are emitted by recursion, and a function has limits. */
const largestRoot = 500;

export interface Output {
  readonly word: number;
  readonly limbs: number;
}

export interface Plan {
  /** Nodes computed by themselves, operands first; all others are computed inside their one user. */
  readonly roots: readonly Node[];
  /** Node -> the words of a row it is written to. */
  readonly outputs: ReadonlyMap<Node, readonly Output[]>;
  /** Node -> address relative to the first place, for roots that others read. */
  readonly places: ReadonlyMap<Node, number>;
  readonly bytes: number;
  /** Whether 16-bit lanes whose numbers have 8 bits are kept in 8 bytes. */
  readonly isCompact: boolean;
  /** Whether anything needs more than 64 bits. */
  readonly isWide: boolean;
}

export function planOf(graph: ElementGraph, outputs: ReadonlyMap<Node, readonly Output[]>): Plan {
  const uses = usesOf(graph, outputs);
  const roots = rootsOf(graph, outputs, uses);
  const isRoot = new Set(roots);
  const reads = roots.map((root) => placesRead(root, isRoot));
  const roomy = placesOf(roots, reads, uses, false);
  const { places, bytes } = roomy.bytes > compactAbove ? placesOf(roots, reads, uses, true) : roomy;
  const isWide = [...uses.keys()].some((node) => node.bits > 64 || workBits(node) > 64);
  return { roots, outputs, places, bytes, isCompact: roomy.bytes > compactAbove, isWide };
}

/** How many nodes read a node, of those that some output needs; nodes that none needs are absent. */
function usesOf({ nodes }: ElementGraph, outputs: ReadonlyMap<Node, readonly Output[]>): ReadonlyMap<Node, number> {
  const uses = new Map<Node, number>([...outputs.keys()].map((node) => [node, 0]));
  for (const node of nodes.toReversed()) {
    if (!uses.has(node)) continue;
    for (const operand of operandsOfNode(node)) uses.set(operand, (uses.get(operand) ?? 0) + 1);
  }
  return uses;
}

/** Operands have smaller ids, so that the order of the graph is one of computation. */
function rootsOf(
  { nodes }: ElementGraph,
  outputs: ReadonlyMap<Node, readonly Output[]>,
  uses: ReadonlyMap<Node, number>,
): readonly Node[] {
  const sizes = new Map<Node, number>();
  return nodes.filter((node) => {
    const users = uses.get(node);
    if (users === undefined || (node.kind === 'constant' && !outputs.has(node))) return false;
    const size = operandsOfNode(node).reduce((sum, operand) => sum + 1 + (sizes.get(operand) ?? 0), 1);
    const isRoot = users > 1 || outputs.has(node) || mustBeRoot(node) || size > largestRoot;
    sizes.set(node, isRoot ? 0 : size);
    return isRoot;
  });
}

/** Dot products are computed several at a time; wide numbers live in memory anyhow. */
function mustBeRoot(node: Node): boolean {
  return node.kind === 'dots' || node.kind === 'pair' || node.bits > 64;
}

/** The roots that a root and what is computed inside it read. */
function placesRead(root: Node, isRoot: ReadonlySet<Node>): readonly Node[] {
  const found = new Set<Node>();
  const visit = (node: Node): void => {
    for (const operand of operandsOfNode(node)) {
      if (isRoot.has(operand)) found.add(operand);
      else visit(operand);
    }
  };
  visit(root);
  return [...found];
}

/** Places in memory; one is free again after the last root that reads it. */
function placesOf(
  roots: readonly Node[],
  reads: readonly (readonly Node[])[],
  uses: ReadonlyMap<Node, number>,
  isCompact: boolean,
): { readonly places: ReadonlyMap<Node, number>; readonly bytes: number } {
  const lastReader = new Map<Node, number>();
  for (const [index, read] of reads.entries()) for (const node of read) lastReader.set(node, index);
  const places = new Map<Node, number>();
  const free = new Map<number, number[]>();
  // Dot products of a family are computed together, up to this many roots ahead: nothing they read may be reused by then.
  const kept: { node: Node; until: number }[] = [];
  let bytes = 0;
  for (const [index, root] of roots.entries()) {
    while (kept.length > 0 && kept[0]!.until < index) {
      const { node } = kept.shift()!;
      const size = placeSize(node, isCompact);
      const list = free.get(size);
      if (list === undefined) free.set(size, [places.get(node)!]);
      else list.push(places.get(node)!);
    }
    if (root.kind !== 'constant' && uses.get(root)! > 0) {
      const size = placeSize(root, isCompact);
      const reused = free.get(size)?.pop();
      places.set(root, reused ?? bytes);
      if (reused === undefined) bytes += size;
    }
    for (const node of reads[index]!) {
      if (lastReader.get(node) === index && places.has(node)) kept.push({ node, until: index + longestFamily });
    }
  }
  return { places, bytes };
}

/** Roots computed together at most. */
export const longestFamily = 8;

/** Bytes of eight numbers. */
function placeSize(node: Node, isCompact: boolean): number {
  if (node.kind === 'pair') return 32;
  return isCompact && keptInBytes(node) ? 8 : node.bits;
}

/** Whether eight 8-bit numbers, the sign included, are all there is to keep. */
export function keptInBytes({ kind, interval, bits }: Node): boolean {
  return kind !== 'pair' && bits === 16 && interval.low >= -128n && interval.high <= 127n;
}
