/** From an event file to vectors of a model's inputs. */
import { readEvents } from '../data/read-events.js';
import type { Network } from '../network/network.js';
import { type EventUnit, type QuantisedEvents, quantiseEvents } from '../network/quantise-events.js';

export function loadVectors(path: string, network: Network, unit: EventUnit): QuantisedEvents {
  return quantiseEvents(readEvents(path), network.input, unit);
}
