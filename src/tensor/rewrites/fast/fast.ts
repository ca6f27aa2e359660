/**
 * Rewrites that make a graph faster and may round otherwise: sums in another order, weights joined before they are used. Not for graphs whose values
 * must stay to the last bit.
 */
import type { Graph, Node } from '../../graph.js';
import { mergeCommon } from '../merge-common.js';
import { rebuildWithPaths } from '../rebuild.js';
import { removeIdentities } from '../remove-identities.js';
import { removeSurrogates } from '../remove-surrogates.js';
import type { Rewrite } from '../rewrites.js';
import { shrinkBroadcasts } from '../shrink-broadcasts.js';
import { foldAffine } from './fold-affine.js';
import { foldWeights } from './fold-weights.js';
import { gatherConvolutions } from './gather-convolutions.js';
import { orderChannelsFirst } from './order-channels-first.js';
import { sinkElementwise } from './sink-elementwise.js';
import { splitUpsampledConvolution, splitUpsampledConvolutions } from './split-upsampled-convolutions.js';
import { sumInGroups } from './sum-in-groups.js';

/** For inference, whose weights are constants. */
const fastRewrites: readonly Rewrite[] = [
  // first: surrogates and stretched operands hide patterns from all others
  { name: 'remove-surrogates', apply: removeSurrogates },
  { name: 'shrink-broadcasts', apply: shrinkBroadcasts },
  { name: 'remove-identities', apply: removeIdentities },
  // before factors are folded: one that stands behind upsampling reaches the weights before it
  { name: 'sink-elementwise', apply: sinkElementwise },
  // before convolutions are split: one kernel takes the factor, not four
  { name: 'fold-affine', apply: foldAffine },
  { name: 'split-upsampled-convolutions', apply: splitUpsampledConvolutions },
  // again: biases and activations go to the new convolutions, and leave the next convolution at the blocks
  { name: 'sink-elementwise', apply: sinkElementwise },
  { name: 'gather-convolutions', apply: gatherConvolutions },
  { name: 'sink-elementwise', apply: sinkElementwise },
  // after all that joins or moves convolutions: now it is known which comes last
  { name: 'sum-in-groups', apply: sumInGroups },
  { name: 'order-channels-first', apply: orderChannelsFirst },
  // all kernels are made: what is constant in them becomes numbers
  { name: 'fold-weights', apply: foldWeights },
  { name: 'remove-identities', apply: removeIdentities },
  { name: 'merge-common', apply: mergeCommon },
];

/** The graph to export. Its gradients can no longer be taken. */
export function rewriteFast(graph: Graph): Graph {
  return fastRewrites.reduce((current, { apply }) => apply(current), graph);
}

/**
 * The same for nodes of a training graph, before gradients are taken: convolutions of upsampled images are split, kernels may be parameters.
 * @returns a node for each, by the same name; those that nothing changes are the same
 */
export function rewriteForTraining(nodes: ReadonlyMap<string, Node>): ReadonlyMap<string, Node> {
  return rebuildWithPaths(nodes, splitUpsampledConvolution);
}
