/** A worker thread of `axoc simulate`: blocks of events in, encoded results out. */
import { serve } from '../base/thread.js';
import type { Events } from '../data/events.js';
import { blockSimulatorOf, type SimulatedBlock, type SimulationPlan } from './simulate-block.js';

export interface BlockRequest {
  readonly events: Events;
  readonly firstRow: number;
}

await serve<SimulationPlan, BlockRequest, SimulatedBlock>(async (plan) => {
  const simulate = blockSimulatorOf(plan);
  return ({ events, firstRow }) => simulate(events, firstRow);
});
