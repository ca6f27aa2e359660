/** From a network to a program of the fixed-point language that gives the same bits. */
import { Identifiers, plainIdentifier } from '../base/identifier.js';
import { ProgramBuilder } from '../ir/builder.js';
import type { Program } from '../ir/op.js';
import { checkProgram } from '../ir/verify.js';
import type { Layer, Network } from '../network/network.js';
import { lowerConv2d } from './conv.js';
import { lowerDense } from './dense.js';
import { lowerInput } from './scaling.js';
import { lowerScore } from './score.js';

/** A lowered network, and which of the program's ids stand for which part of the description. */
export interface Lowered {
  readonly program: Program;
  /** Id of a named value -> what the user calls it. */
  readonly names: ReadonlyMap<string, string>;
  /** Id of a named value -> where the description has it: `layers[2]`, `score`; empty for the input stage. */
  readonly places: ReadonlyMap<string, string>;
}

/** @throws AxocError (user) when an exact result needs more bits than axoc handles */
export function lower(network: Network): Lowered {
  const builder = new ProgramBuilder();
  const identifiers = new Identifiers();
  const names = new Map<string, string>();
  const places = new Map<string, string>();
  const allocate = (name: string, place: string, shown = name): string => {
    const id = identifiers.allocate(name);
    names.set(id, shown);
    places.set(id, place);
    return id;
  };

  const x = lowerInput(builder, network.input, allocate('x', '', 'input'), () => allocate('hardware', ''));
  const ids = new Map<string, string>();
  const idOf = (layer: string | undefined): string => ids.get(layer ?? 'input') ?? x;
  for (const layer of network.layers) {
    const id = allocate(layer.name, layer.place);
    lowerLayer(builder, layer, id, idOf(layer.source));
    ids.set(layer.name, id);
  }
  const output =
    network.score === undefined
      ? idOf(network.layers.at(-1)!.name)
      : lowerScore(builder, network.score, allocate('score', 'score'), idOf);

  const program = builder.build(plainIdentifier(network.name), [output]);
  checkProgram(program, 'internal', 'after lowering');
  return { program, names, places };
}

/** Makes the value `id`, in the layer's result type. */
function lowerLayer(builder: ProgramBuilder, layer: Layer, id: string, x: string): void {
  switch (layer.kind) {
    case 'dense':
      builder.cast(id, lowerDense(builder, layer, id, x), [layer.resultFormat]);
      return;
    case 'conv2d':
      builder.cast(id, lowerConv2d(builder, layer, id, x), [layer.resultFormat]);
      return;
    case 'leaky_relu': {
      const { slope } = layer;
      const exact = builder.exact({ id: `${id}.leaky`, kind: 'leaky_relu', operand: x, slope });
      builder.cast(id, exact, [layer.resultFormat]);
      return;
    }
    case 'relu':
      builder.cast(id, builder.exact({ id: `${id}.positive`, kind: 'relu', operand: x }), [layer.resultFormat]);
      return;
    case 'cast':
      builder.cast(id, x, [layer.resultFormat]);
      return;
  }
}
