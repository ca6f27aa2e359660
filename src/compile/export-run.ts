/** The parts of a training run that the float profile exports: encoder with its score, decoder, or one after the other. */
import type { Artefact } from '../artefact/artefact.js';
import { userError } from '../base/diagnostic.js';
import { digestText } from '../base/file-digest.js';
import type { Node } from '../tensor/graph.js';
import { convert, input } from '../tensor/ops.js';
import { encodeGraph, eventsInput, type Model, reconstructGraph } from '../train/model/model.js';
import { bound, constantsOf, exactRewrite, type FloatPart, type Part } from './float-part.js';

/** Events hold integers on grids: what is exact stays so. A decoder in floating point may round otherwise. */
const tolerance = { absolute: 1e-5, relative: 1e-5 } as const;

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
  if (part === 'decoder')
    throw userError(
      'bad-option',
      '--part decoder',
      'the decoder of a trigger network is only used after its encoder',
      'take --part all: events to reconstruction and score',
    );
  const values = constantsOf([...encoder.tensors, ...decoder.tensors]);
  const name = artefact.trimmedEncoder.name ?? place;
  return {
    name,
    plain: (batch) => {
      const events = input(eventsInput, [batch, model.architecture.features]);
      const graphs = [encodeGraph(model, batch), ...(part === 'all' ? [reconstructGraph(model, batch)] : [])];
      const outputs = new Map(graphs.flatMap((graph) => [...graph.outputs]).map(inFloat32));
      return bound(outputs, values, [events]);
    },
    rewrite: exactRewrite,
    description: `${name}: ${part === 'all' ? 'encoder, score and decoder' : 'encoder and score'} as trained, in floating point`,
    described: new Map([
      [eventsInput, '(hardware value - bias) / scale of every input'],
      ['score', 'the anomaly score that the firmware computes'],
    ]),
    facts: {
      'axoc.part': part,
      'axoc.inputs': JSON.stringify([
        { name: eventsInput, shape: [model.architecture.features], objects: artefact.layout },
      ]),
      'axoc.scaler': 'none',
      'axoc.scaler.biases': JSON.stringify(artefact.normalisation.bias),
      'axoc.scaler.scales': JSON.stringify(artefact.normalisation.scale),
      'axoc.configuration.sha256': digestText(artefact.configuration),
    },
    drawn: new Map(),
    tolerance,
  };
}

function inFloat32([name, node]: readonly [string, Node]): [string, Node] {
  return [name, convert(node, 'float32')];
}
