/** What a graph goes through before it runs: the passes in their order, each with the reason for its place. */
import type { Graph } from '../graph.js';
import { foldConstants } from './fold-constants.js';
import { mergeCommon } from './merge-common.js';
import { mergeTransposes } from './merge-transposes.js';
import { removeIdentities } from './remove-identities.js';
import { removeSurrogates } from './remove-surrogates.js';
import { shrinkBroadcasts } from './shrink-broadcasts.js';

/** Values are kept to the last bit, save that a zero may change its sign. */
export interface Rewrite {
  readonly name: string;
  readonly apply: (graph: Graph) => Graph;
}

export const rewrites: readonly Rewrite[] = [
  // first: gradients have been taken, and surrogates hide patterns from all others
  { name: 'remove-surrogates', apply: removeSurrogates },
  // before constants are folded: what is stretched last is small and may be constant
  { name: 'shrink-broadcasts', apply: shrinkBroadcasts },
  // before identities: a factor may turn out to be 1
  { name: 'fold-constants', apply: foldConstants },
  // before transposes are merged: brings those together that a reshape to the same shape kept apart
  { name: 'remove-identities', apply: removeIdentities },
  { name: 'merge-transposes', apply: mergeTransposes },
  // last: the others make equal nodes from different ones
  { name: 'merge-common', apply: mergeCommon },
];

/** The graph to run. Its gradients can no longer be taken: surrogates are gone. */
export function rewrite(graph: Graph): Graph {
  return rewrites.reduce((current, { apply }) => apply(current), graph);
}
