/** The parts of a training run that the float profile exports: encoder with its score, decoder, or one after the other. */
import type { Artefact } from '../artefact/artefact.js';
import { userError } from '../base/diagnostic.js';
import { digestText } from '../base/file-digest.js';
import type { Graph, Input, Node } from '../tensor/graph.js';
import { convert, input } from '../tensor/ops.js';
import { encodeGraph, eventsInput, forwardOf, graphOf, type Model, reconstructGraph } from '../train/model/model.js';
import { bound, constantsOf, exactRewrite, type FloatPart, type Part } from './float-part.js';

/** Events hold integers on grids: what is exact stays so. A decoder in floating point may round otherwise. */
const tolerance = { absolute: 1e-5, relative: 1e-5, allowsRounding: false } as const;

/**
 * @param model of the artefact's configuration
 * @throws AxocError (user) for a part whose weights the artefact does not hold
 */
export function runPart(artefact: Artefact, model: Model, place: string, part: Part): FloatPart {
  const { encoder, decoder } = artefact;
  if (encoder === undefined || decoder === undefined)
    throw userError(
      'bad-option',
      `--part ${part}`,
      `${place} holds no floating-point weights: it is what is deployed`,
      'give the complete.h5 of the same run; the deployed network has the profiles exact and qonnx',
    );
  const values = constantsOf([...encoder.tensors, ...decoder.tensors]);
  const name = artefact.trimmedEncoder.name ?? place;
  const read = inputOf(model, part);
  return {
    name,
    plain: (batch) => {
      const fed = input(read.name, [batch, ...read.shape]);
      const outputs = graphsOf(model, part, fed).flatMap((graph) => [...graph.outputs]);
      return bound(new Map(outputs.map(inFloat32)), values, [fed]);
    },
    rewrite: exactRewrite,
    description: `${name}: ${contentOf[part]} as trained, in floating point`,
    described: new Map([
      [read.name, read.holds],
      ['score', 'the anomaly score that the firmware computes'],
    ]),
    facts: {
      'axoc.part': part,
      'axoc.inputs': JSON.stringify([read]),
      'axoc.objects': JSON.stringify(artefact.layout),
      'axoc.scaler': 'none',
      'axoc.scaler.biases': JSON.stringify(artefact.normalisation.bias),
      'axoc.scaler.scales': JSON.stringify(artefact.normalisation.scale),
      'axoc.configuration.sha256': digestText(artefact.configuration),
    },
    drawn: new Map(),
    toleranceOf: () => tolerance,
  };
}

const contentOf: Readonly<Record<Part, string>> = {
  encoder: 'encoder and score',
  decoder: 'decoder',
  all: 'encoder, score and decoder',
};

function inputOf({ architecture }: Model, part: Part) {
  return part === 'decoder'
    ? { name: 'latent', shape: [architecture.latent.kernelShape.at(-1)!], holds: 'the latent vector' }
    : { name: eventsInput, shape: [architecture.features], holds: '(hardware value - bias) / scale of every input' };
}

function graphsOf(model: Model, part: Part, fed: Input): readonly Graph[] {
  const [batch] = fed.shape as readonly [number];
  switch (part) {
    case 'encoder':
      return [encodeGraph(model, batch)];
    case 'all':
      return [encodeGraph(model, batch), reconstructGraph(model, batch)];
    case 'decoder': {
      const values = new Map(model.parameters.map(({ name, shape }) => [name, input(name, shape)]));
      const { pass } = forwardOf(model, values, input(eventsInput, [batch, model.architecture.features]), false);
      return [graphOf(new Map([['reconstruction', pass.run(model.architecture.decoder, { node: fed }).node]]))];
    }
  }
}

function inFloat32([name, node]: readonly [string, Node]): [string, Node] {
  return [name, convert(node, 'float32')];
}
