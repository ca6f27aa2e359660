/** The synthetic signals: what new physics could look like in the trigger, on top of ordinary pile-up. */
import { turnsOf } from '../../base/elementary.js';
import type { Random } from '../../base/random.js';
import type { EventBuilder } from './event-builder.js';
import { exponential, type Parent, Poisson, symmetric } from './kinematics.js';
import { addJet, addJetPair, addLepton, addResonance, componentsOf } from './processes.js';

export interface SyntheticSignal {
  /** Name of its dataset. */
  readonly name: string;
  /** One line, for users. */
  readonly description: string;
  /** Adds the hard process to an event. */
  add(event: EventBuilder, random: Random): void;
}

const softParticles = new Poisson(14);

export const syntheticSignals: readonly SyntheticSignal[] = [
  {
    name: 'HHHto6b',
    description: 'three bosons of 125 GeV, balanced in the transverse plane, each to two jets',
    add(event, random) {
      const higgs = (): Parent => ({
        mass: 125,
        pt: 15 + exponential(random, 45),
        rapidity: 0.9 * random.normal(),
        phi: random.uniform(),
      });
      const [first, second] = [higgs(), higgs()];
      const [[ax, ay], [bx, by]] = [componentsOf(first), componentsOf(second)];
      const [x, y] = [-ax - bx, -ay - by];
      const third = { mass: 125, pt: Math.sqrt(x * x + y * y), rapidity: 0.9 * random.normal(), phi: turnsOf(x, y) };
      for (const parent of [first, second, third]) addJetPair(event, random, parent);
    },
  },
  {
    name: 'XTo2L',
    description: 'a resonance of 28 GeV, to two electrons or two muons',
    add: (event, random) => addResonance(event, random, 28 + 0.8 * random.normal()),
  },
  {
    name: 'SoftExotic',
    description: 'about 14 soft particles in all directions: jets, electrons and muons of 3 to 30 GeV',
    add(event, random) {
      const count = softParticles.draw(random);
      for (let n = 0; n < count; n++) {
        const particle = { pt: 3 + exponential(random, 6), eta: symmetric(random, 2.4), phi: random.uniform() };
        if (random.chance(0.8)) addJet(event, random, particle);
        else addLepton(event, random, particle, random.chance(0.35));
      }
    },
  },
];
