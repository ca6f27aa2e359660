/** Optimisers, step by step against their definitions in double precision. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { chooseExecutor } from '../../src/tensor/executors/choose.js';
import { input } from '../../src/tensor/ops.js';
import { type OptimiserName, type OptimiserOptions, optimiserDefaults } from '../../src/train/fit-options.js';
import { optimiserOf } from '../../src/train/optimisers.js';

const size = 7;
const steps = 12;
const rateOf = (step: number): number => 0.02 / step;

/** One weight's way, as the definition has it: `move` gives the new weight and changes its memory. */
type Definition = () => (weight: number, gradient: number, rate: number, step: number) => number;

function adam(
  { beta1, beta2, epsilon }: { beta1: number; beta2: number; epsilon: number },
  weightDecay: number,
): Definition {
  return () => {
    let [m, v] = [0, 0];
    return (w, g, rate, t) => {
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      const [mHat, vHat] = [m / (1 - beta1 ** t), v / (1 - beta2 ** t)];
      return w - rate * (mHat / (Math.sqrt(vHat) + epsilon) + weightDecay * w);
    };
  };
}

function definitionOf(options: OptimiserOptions): Definition {
  switch (options.name) {
    case 'lion':
      return () => {
        let m = 0;
        return (w, g, rate) => {
          const moved = w - rate * (Math.sign(options.beta1 * m + (1 - options.beta1) * g) + options.weightDecay * w);
          m = options.beta2 * m + (1 - options.beta2) * g;
          return moved;
        };
      };
    case 'adam':
      return adam(options, 0);
    case 'adamw':
      return adam(options, options.weightDecay);
    case 'sgd':
      return () => {
        let v = 0;
        return (w, g, rate) => {
          v = options.momentum * v - rate * g;
          const move = options.nesterov ? options.momentum * v - rate * g : v;
          return w + move - rate * options.weightDecay * w;
        };
      };
    case 'rmsprop':
      return () => {
        let [square, velocity] = [0, 0];
        return (w, g, rate) => {
          square = options.rho * square + (1 - options.rho) * g * g;
          velocity = options.momentum * velocity + (rate * g) / Math.sqrt(square + options.epsilon);
          return w - velocity;
        };
      };
  }
}

const cases: readonly OptimiserOptions[] = [
  ...(Object.keys(optimiserDefaults) as OptimiserName[]).map((name) => optimiserDefaults[name]),
  { ...optimiserDefaults.lion, beta1: 0.5, weightDecay: 0.3 },
  { ...optimiserDefaults.adamw, epsilon: 0.1, weightDecay: 0.5 },
  { ...optimiserDefaults.sgd, momentum: 0.9 },
  { ...optimiserDefaults.sgd, momentum: 0.9, nesterov: true, weightDecay: 0.2 },
  { ...optimiserDefaults.sgd, weightDecay: 0.2 },
  { ...optimiserDefaults.rmsprop, momentum: 0.8, epsilon: 0.01 },
];

describe.each(['onnxruntime', 'tensorflow'] as const)('optimisers on %s', (name) => {
  it.each(cases.map((options) => [JSON.stringify(options), options] as const))('%s', async (_, options) => {
    const optimiser = optimiserOf(options);
    const executor = await chooseExecutor(name);
    const weights = input('weights', [size]);
    const gradient = input('gradient', [size]);
    const slots = optimiser.slots.map((slot) => input(`slot ${slot}`, [size]));
    const scalars = optimiser.scalars.map((scalar) => input(`scalar ${scalar}`, []));
    const update = optimiser.update(weights, gradient, slots, scalars);
    const executable = await executor.compile({
      inputs: [weights, gradient, ...slots, ...scalars],
      outputs: new Map([
        ['new weights', update.weights],
        ...update.slots.map((slot, index) => [`new slot ${index}`, slot] as const),
      ]),
    });
    const random = Random.seeded(5);
    let found = Float32Array.from({ length: size }, () => random.normal());
    let wanted = [...found];
    let memory = slots.map(() => new Float32Array(size));
    const movers = wanted.map(() => definitionOf(options)());
    for (let step = 1; step <= steps; step++) {
      // A gradient of zero, and one that is always so, are among them.
      const gradients = Float32Array.from({ length: size }, (_, at) => (at === 0 || at === step ? 0 : random.normal()));
      const numbers = optimiser.scalarsAt(rateOf(step), step);
      const results = await executable.run(
        new Map([
          ['weights', found],
          ['gradient', gradients],
          ...slots.map((slot, index) => [slot.name, memory[index]!] as const),
          ...scalars.map((scalar, index) => [scalar.name, Float32Array.of(numbers[index]!)] as const),
        ]),
      );
      found = results.get('new weights') as Float32Array<ArrayBuffer>;
      memory = slots.map((_, index) => results.get(`new slot ${index}`) as Float32Array<ArrayBuffer>);
      wanted = wanted.map((weight, at) => movers[at]!(weight, gradients[at]!, rateOf(step), step));
      for (const [at, weight] of wanted.entries())
        expect(Math.abs(found[at]! - weight), `step ${step}`).toBeLessThan(2e-6);
    }
    await executable.dispose();
    expect(wanted.some((weight, at) => at > 0 && Math.abs(weight) > 1e-3)).toBe(true);
  });
});
