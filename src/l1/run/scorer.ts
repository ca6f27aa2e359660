/** Scores of events by the training graph: the forward pass of the quantised encoder. */
import type { Executor, Values } from '../../tensor/executor.js';
import type { Parameters } from '../../train/fit.js';
import { encodeGraph, eventsInput, type Model } from '../../train/model/model.js';
import type { PreparedSet } from '../data/prepared.js';

export interface Scorer {
  /** One score for each of the first `count` events of the set (default: all), as exact doubles. */
  score(set: PreparedSet, parameters: Parameters, count?: number): Promise<Float64Array>;
  dispose(): Promise<void>;
}

/** Events of one run of the graph. */
const batch = 8192;

export async function scorerOf(model: Model, executor: Executor): Promise<Scorer> {
  const { inputs, outputs } = encodeGraph(model, batch);
  const graph = { inputs, outputs: new Map([['score', outputs.get('score')!]]) };
  const executable = await executor.compile(graph);
  const events = new Float32Array(batch * model.architecture.features);
  return {
    async score(set, parameters, count = set.count) {
      const scores = new Float64Array(Math.min(count, set.count));
      for (let first = 0; first < scores.length; first += batch) {
        const end = Math.min(first + batch, scores.length);
        // The last block is not full: what is left in it from the one before is scored too and not looked at.
        events.set(set.readInputs(first, end));
        const feeds = new Map<string, Values>([[eventsInput, events]]);
        for (const { name } of inputs) if (name !== eventsInput) feeds.set(name, parameters.get(name)!);
        const results = await executable.run(feeds);
        scores.set(results.get('score')!.subarray(0, end - first), first);
      }
      return scores;
    },
    dispose: () => executable.dispose(),
  };
}
