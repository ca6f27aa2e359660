/** What both executors refuse: graphs and feeds that do not fit together. */
import { internalError } from '../base/diagnostic.js';
import type { Values } from './executor.js';
import { elementCountOf, type Graph } from './graph.js';
import { topologicalOrder } from './order.js';

/** @throws if two inputs or an input and an output share a name, if there is no output, or an input that is used is not listed */
export function checkGraph(graph: Graph): void {
  const inputs = new Set(graph.inputs);
  const names = new Set<string>();
  for (const name of [...[...inputs].map((input) => input.name), ...graph.outputs.keys()]) {
    if (names.has(name)) throw internalError('tensor graph', `two inputs or outputs are called ${name}`);
    names.add(name);
  }
  if (graph.outputs.size === 0) throw internalError('tensor graph', 'it has no outputs');
  for (const node of topologicalOrder(graph.outputs.values()))
    if (node.kind === 'input' && !inputs.has(node))
      throw internalError('tensor graph', `input ${node.name} is used but not among the graph's inputs`);
}

/** @throws if an input has no feed, a feed no input, or a feed the wrong array type or length */
export function checkFeeds(graph: Graph, feeds: ReadonlyMap<string, Values>): void {
  for (const { name, shape, dtype } of graph.inputs) {
    const values = feeds.get(name);
    const place = `input ${name} of a tensor graph`;
    if (values === undefined) throw internalError(place, `nothing is fed; there are feeds for ${[...feeds.keys()]}`);
    const isRightType = dtype === 'float32' ? values instanceof Float32Array : values instanceof Float64Array;
    if (!isRightType) throw internalError(place, `${values.constructor.name} for ${dtype}`);
    if (values.length !== elementCountOf(shape))
      throw internalError(place, `${values.length} values for shape [${shape}]`);
  }
  for (const name of feeds.keys())
    if (!graph.inputs.some((input) => input.name === name))
      throw internalError('tensor graph', `${name} is fed, but is not an input`);
}
