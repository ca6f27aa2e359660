/** A generator as `axoc import` and `axoc inspect` show it. */
import type { GeneratorArtefact, TrainedNetwork } from '../artefact/generator.js';
import { layerShapes } from '../network/layers/shapes.js';
import { weightCounts } from '../network/layers/weights.js';
import { printValueShape } from '../network/shape.js';
import { printCount, printLine, printTable } from './print.js';

/** Layers, shapes, number of weights; inputs and outputs as a runtime sees them. */
export function printGenerator({ decoder, encoder }: GeneratorArtefact): void {
  if (encoder !== undefined) {
    printLine('encoder');
    printNetwork(encoder);
    printLine();
    printLine('decoder');
  }
  printNetwork(decoder);
}

function printNetwork({ network }: TrainedNetwork): void {
  const shapes = layerShapes(network, network.name);
  const shape = (name: string): string => printValueShape(shapes.get(name)!);
  printTable(
    ['layer', 'kind', 'reads', 'shape'],
    network.layers.map(({ name, kind, inputs }) => [name, kind, inputs.join(', '), shape(name)]),
  );
  const { all, trainable } = weightCounts(network, network.name);
  printLine(
    `${printCount(network.layers.length)} layers, ${printCount(all)} parameters, ${printCount(trainable)} of them trained`,
  );
  for (const { name } of network.inputs) printLine(`  input   ${name}: float32 [N, ${shapes.get(name)!.join(', ')}]`);
  for (const name of network.outputs) printLine(`  output  ${name}: float32 [N, ${shapes.get(name)!.join(', ')}]`);
}
