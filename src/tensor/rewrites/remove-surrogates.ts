/** Puts the value of each surrogate in its place: for what runs, its path does not exist. */
import type { Graph } from '../graph.js';
import { rebuild } from './rebuild.js';

export function removeSurrogates(graph: Graph): Graph {
  return rebuild(graph, (node) => (node.kind === 'surrogate' ? node.value : node));
}
