/** Optimisers as functions on the tensor graph: what one step makes of weights, their gradient and the optimiser's memory. */
import type { Node } from '../tensor/graph.js';
import { add, divide, multiply, negate, sign, sqrt, square, subtract } from '../tensor/ops.js';
import type { OptimiserOptions } from './fit-options.js';

/** All operations are element by element: the weights may be any tensor. */
export interface Optimiser {
  /** Names of the tensors it remembers, each of the weights' shape and zero at first. */
  readonly slots: readonly string[];
  /** Names of the numbers it is given anew at every step, which are graph inputs: the learning rate among them. */
  readonly scalars: readonly string[];
  /** @param step from 1 */
  scalarsAt(rate: number, step: number): readonly number[];
  /** @param slots and @param scalars in the order of their names */
  update(weights: Node, gradient: Node, slots: readonly Node[], scalars: readonly Node[]): Update;
}

export interface Update {
  readonly weights: Node;
  readonly slots: readonly Node[];
}

export function optimiserOf(options: OptimiserOptions): Optimiser {
  switch (options.name) {
    case 'lion':
      return lion(options);
    case 'adam':
      return adam({ ...options, weightDecay: 0 });
    case 'adamw':
      return adam(options);
    case 'sgd':
      return sgd(options);
    case 'rmsprop':
      return rmsprop(options);
  }
}

type OptionsOf<Name> = Omit<Extract<OptimiserOptions, { name: Name }>, 'name'>;

/** Chen et al., arXiv:2302.06675: the sign of an interpolated momentum. */
function lion({ beta1, beta2, weightDecay }: OptionsOf<'lion'>): Optimiser {
  return {
    slots: ['momentum'],
    scalars: ['rate'],
    scalarsAt: (rate) => [rate],
    update(weights, gradient, [momentum], [rate]) {
      const direction = sign(blend(beta1, momentum!, gradient));
      return {
        weights: subtract(weights, multiply(rate!, decayed(direction, weights, weightDecay))),
        slots: [blend(beta2, momentum!, gradient)],
      };
    },
  };
}

/** Kingma and Ba, arXiv:1412.6980, algorithm 1; with weight decay it is AdamW, arXiv:1711.05101. */
function adam({ beta1, beta2, epsilon, weightDecay }: OptionsOf<'adamw'>): Optimiser {
  return {
    slots: ['mean', 'square'],
    scalars: ['rate', 'mean_correction', 'square_correction'],
    scalarsAt: (rate, step) => [rate, 1 / (1 - power(beta1, step)), 1 / (1 - power(beta2, step))],
    update(weights, gradient, [mean, squares], [rate, meanCorrection, squareCorrection]) {
      const newMean = blend(beta1, mean!, gradient);
      const newSquares = blend(beta2, squares!, square(gradient));
      const spread = add(sqrt(multiply(newSquares, squareCorrection!)), epsilon);
      const direction = divide(multiply(newMean, meanCorrection!), spread);
      return {
        weights: subtract(weights, multiply(rate!, decayed(direction, weights, weightDecay))),
        slots: [newMean, newSquares],
      };
    },
  };
}

/** With momentum, velocity = momentum * velocity - rate * gradient; Nesterov's form looks one step ahead. */
function sgd({ momentum, nesterov, weightDecay }: OptionsOf<'sgd'>): Optimiser {
  const common = { scalars: ['rate'], scalarsAt: (rate: number) => [rate] };
  if (momentum === 0)
    return {
      ...common,
      slots: [],
      update: (weights, gradient, _, [rate]) => ({
        weights: subtract(weights, multiply(rate!, decayed(gradient, weights, weightDecay))),
        slots: [],
      }),
    };
  return {
    ...common,
    slots: ['velocity'],
    update(weights, gradient, [velocity], [rate]) {
      const push = negate(multiply(rate!, gradient));
      const newVelocity = add(multiply(velocity!, momentum), push);
      const move = nesterov ? add(multiply(newVelocity, momentum), push) : newVelocity;
      const kept = weightDecay === 0 ? weights : subtract(weights, multiply(rate!, multiply(weights, weightDecay)));
      return { weights: add(kept, move), slots: [newVelocity] };
    },
  };
}

/** Tieleman and Hinton, lecture 6.5 of 2012, in the form of TensorFlow: epsilon under the root, momentum on the scaled step. */
function rmsprop({ rho, epsilon, momentum }: OptionsOf<'rmsprop'>): Optimiser {
  const usesMomentum = momentum !== 0;
  return {
    slots: usesMomentum ? ['square', 'velocity'] : ['square'],
    scalars: ['rate'],
    scalarsAt: (rate) => [rate],
    update(weights, gradient, [squares, velocity], [rate]) {
      const newSquares = blend(rho, squares!, square(gradient));
      const step = divide(multiply(rate!, gradient), sqrt(add(newSquares, epsilon)));
      if (!usesMomentum) return { weights: subtract(weights, step), slots: [newSquares] };
      const newVelocity = add(multiply(velocity!, momentum), step);
      return { weights: subtract(weights, newVelocity), slots: [newSquares, newVelocity] };
    },
  };
}

/** `share * old + (1 - share) * fresh` */
function blend(share: number, old: Node, fresh: Node): Node {
  return add(multiply(old, share), multiply(fresh, 1 - share));
}

function decayed(direction: Node, weights: Node, weightDecay: number): Node {
  return weightDecay === 0 ? direction : add(direction, multiply(weights, weightDecay));
}

/** By multiplications alone, which every machine rounds alike. */
function power(base: number, exponent: number): number {
  let result = 1;
  for (let factor = base, rest = exponent; rest > 0; rest = Math.floor(rest / 2), factor *= factor)
    if (rest % 2 === 1) result *= factor;
  return result;
}
