/** Tries a loss before training begins: a loss that is not finite then would only be noticed after the first step has spoilt every weight. */
import { userError } from '../../base/diagnostic.js';
import type { Executor } from '../../tensor/executor.js';
import { gradients } from '../../tensor/gradients.js';
import { input } from '../../tensor/ops.js';
import { topologicalOrder } from '../../tensor/order.js';
import { meanLoss, type ReconstructionLoss } from './loss.js';

/**
 * Evaluates the loss and its gradient for reconstructions as they are at the start: zeros, small numbers, and the events themselves.
 * @param events row-major [count, features], normalised
 * @throws AxocError (user) when the shape of its result is wrong, the reconstruction does not enter it, or a value or a derivative is not finite
 */
export async function checkLoss(
  loss: ReconstructionLoss,
  events: Float32Array,
  features: number,
  executor: Executor,
): Promise<void> {
  const shape = [events.length / features, features];
  const [truth, reconstruction] = [input('truth', shape), input('reconstruction', shape)];
  const value = meanLoss(loss, truth, reconstruction);
  if (!topologicalOrder([value]).includes(reconstruction))
    throw userError(
      'bad-loss',
      `loss "${loss.name}"`,
      'it does not depend on the reconstruction: nothing would be learned',
      'use its second argument',
    );
  const [gradient] = gradients(value, [reconstruction]);
  const executable = await executor.compile({
    inputs: [truth, reconstruction],
    outputs: new Map([
      ['value', value],
      ['gradient', gradient!],
    ]),
  });
  const starts: Readonly<Record<string, Float32Array>> = {
    'reconstructions of 0': new Float32Array(events.length),
    'small reconstructions': events.map((_, index) => ((index % 7) - 3) / 64),
    'perfect reconstructions': events,
  };
  try {
    for (const [what, start] of Object.entries(starts)) {
      const results = await executable.run(
        new Map([
          ['truth', events],
          ['reconstruction', start],
        ]),
      );
      for (const [name, values] of results) {
        const bad = values.find((number) => !Number.isFinite(number));
        if (bad === undefined) continue;
        throw userError(
          'bad-loss',
          `loss "${loss.name}"`,
          `its ${name} is ${bad} for ${what}`,
          name === 'value'
            ? 'keep divisions, logarithms and exponentials away from where they have no value'
            : 'a derivative is infinite there, as that of sqrt at 0 is: add a small number inside',
        );
      }
    }
  } finally {
    await executable.dispose();
  }
}
