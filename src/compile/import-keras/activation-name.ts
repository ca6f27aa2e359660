/** What the activation functions of Keras are called here. */
import { type Activation, activations } from '../../network/layers/layers.js';
import { type Surroundings, Unsupported } from './layer-reader.js';

/** @throws Unsupported */
export function activationNamed(name: string, keras: Surroundings['keras']): Activation {
  const names = activationNames(keras);
  const found = names.get(name);
  if (found === undefined)
    throw new Unsupported(
      `has the activation "${name}", which is not imported; these are: ${[...names.keys()].join(', ')}`,
    );
  return found;
}

/** One name means different functions in Keras 2 and 3. */
function activationNames(keras: Surroundings['keras']): ReadonlyMap<string, Activation> {
  const names = new Map<string, Activation>(activations.map((name) => [name, name]));
  for (const name of ['hard_sigmoid', 'hard_sigmoid_keras2'] as const) names.delete(name);
  if (keras !== undefined) names.set('hard_sigmoid', keras === 2 ? 'hard_sigmoid_keras2' : 'hard_sigmoid');
  return names.set('silu', 'swish').set('hard_swish', 'hard_silu').set('celu', 'elu');
}
