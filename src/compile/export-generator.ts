/** The parts of a generator that the float profile exports: decoder, encoder, or one after the other. */
import type { GeneratorArtefact, TrainedNetwork } from '../artefact/generator.js';
import { userError } from '../base/diagnostic.js';
import { digestText } from '../base/file-digest.js';
import type { LayerInput } from '../network/layers/layers.js';
import type { Graph, Input, Node } from '../tensor/graph.js';
import { constant, divide, input, subtract } from '../tensor/ops.js';
import { expandLayers } from '../train/layers/expand.js';
import { constantsOf, type FloatPart, fastRewrite, type Part } from './float-part.js';

export interface GeneratorOptions {
  readonly part: Part;
  /** `embedded`: conditions come in their units and are scaled inside. */
  readonly scaler: 'none' | 'embedded';
  /** What becomes of the decoder's image inside the model; absent: it is given as it is. */
  readonly finish?: Finish;
}

export interface Finish {
  /** The output's name, and what it is. */
  readonly name: string;
  readonly description: string;
  readonly apply: (image: Node) => Node;
}

/** Comparisons of images in log space and of latent variables; photons are rounded, so one may be one off, and exp makes differences relative. */
const logTolerance = { absolute: 1e-5, relative: 1e-5, allowsRounding: true } as const;
const photonTolerance = { absolute: 1, relative: 1e-4, allowsRounding: true } as const;

/** @throws AxocError (user) for a part or a scaler that the generator does not have */
export function generatorPart(generator: GeneratorArtefact, place: string, options: GeneratorOptions): FloatPart {
  const { part, finish } = options;
  checkOptions(generator, place, options);
  const interface_ = new Ports(generator, options);
  const constants = new Map(
    (['encoder', 'decoder'] as const).map((half) => [half, constantsOf(generator[half]?.weights ?? [])] as const),
  );
  const expand = (half: 'encoder' | 'decoder', inputs: ReadonlyMap<string, Node>): ReadonlyMap<string, Node> =>
    expandLayers(generator[half]!.network, constants.get(half)!, inputs, { isTraining: false }).outputs;
  const finished = (outputs: ReadonlyMap<string, Node>): ReadonlyMap<string, Node> =>
    finish === undefined ? outputs : new Map([...outputs.values()].map((image) => [finish.name, finish.apply(image)]));
  const plain = (batch: number): Graph => {
    const inputs = interface_.inputs.map(({ name, shape }): Input => input(name, [batch, ...shape]));
    const fed = new Map(inputs.map((node) => [node.name, interface_.scaled(node)]));
    if (part !== 'all')
      return { inputs, outputs: part === 'decoder' ? finished(expand(part, fed)) : expand(part, fed) };
    const encoded = expand('encoder', fed);
    const latent = [...encoded.values()][0]!;
    const decoded = expand('decoder', new Map([...fed, [interface_.latentName, latent]]));
    return { inputs, outputs: new Map([...encoded, ...finished(decoded)]) };
  };
  return {
    name: generator.name,
    plain,
    rewrite: fastRewrite,
    description: `${generator.name}: ${part === 'all' ? 'encoder and decoder' : part} in float32`,
    described: interface_.described(),
    facts: factsOf(generator, options, interface_),
    drawn: interface_.drawn(),
    toleranceOf: (output) => (output === finish?.name ? photonTolerance : logTolerance),
  };
}

function checkOptions(generator: GeneratorArtefact, place: string, { part, scaler, finish }: GeneratorOptions): void {
  const refuse = (option: string, message: string, hint: string): Error =>
    userError('bad-option', option, message, hint);
  if (part !== 'decoder' && generator.encoder === undefined)
    throw refuse(`--part ${part}`, `${place} holds no encoder`, 'export the decoder, or import the encoder beside it');
  if (part === 'encoder' && finish !== undefined)
    throw refuse('--output channels', 'an encoder makes no image', 'leave it out, or export the decoder');
  if (scaler === 'none') return;
  if (generator.scaler === undefined)
    throw refuse(
      '--scaler embedded',
      `${place} does not know means and scales of its conditions`,
      'import it with --scales, the file that lists them',
    );
}

/** The inputs of a part: their order, units, and which of them is scaled. */
class Ports {
  readonly inputs: readonly LayerInput[];
  /** The decoder's input that the latent vector becomes in `all`. */
  readonly latentName: string;

  constructor(
    private readonly generator: GeneratorArtefact,
    private readonly options: GeneratorOptions,
  ) {
    const { encoder, decoder } = generator;
    this.latentName = decoder.network.inputs[0]!.name;
    const inputsOf = (half: TrainedNetwork | undefined): readonly LayerInput[] => half?.network.inputs ?? [];
    const others = inputsOf(decoder).filter(({ name }) => name !== this.latentName);
    const known = new Set(inputsOf(encoder).map(({ name }) => name));
    this.inputs = {
      decoder: inputsOf(decoder),
      encoder: inputsOf(encoder),
      all: [...inputsOf(encoder), ...others.filter(({ name }) => !known.has(name))],
    }[options.part];
  }

  isConditions({ name }: { readonly name: string }): boolean {
    const found = this.inputs.find((one) => one.name === name)!;
    const { conditions } = this.generator;
    return (
      conditions.length > 0 &&
      found.shape.length === 1 &&
      found.shape[0] === conditions.length &&
      found === this.inputs.at(-1)
    );
  }

  /** An input as the networks want it. */
  scaled(node: Input): Node {
    const { scaler } = this.generator;
    if (this.options.scaler === 'none' || scaler === undefined || !this.isConditions(node)) return node;
    const [means, scales] = [scaler.means, scaler.scales].map((values) => constant(values, [values.length]));
    return divide(subtract(node, means!), scales!);
  }

  drawn(): FloatPart['drawn'] {
    const { scaler } = this.generator;
    const isRaw = this.options.scaler === 'embedded' && scaler !== undefined;
    return new Map(isRaw ? this.inputs.filter((one) => this.isConditions(one)).map(({ name }) => [name, scaler]) : []);
  }

  textOf(one: LayerInput): string {
    // Without an input that is known to be the conditions, they may be in here with the noise.
    if (one.name === this.latentName && this.generator.conditions.length > 0) return 'normal deviates';
    if (!this.isConditions(one))
      return one.shape.length > 1 && this.generator.calorimeter !== undefined ? 'log(photons + 1)' : 'as in training';
    const list = this.generator.conditions.map(({ name, unit }) => `${name} in ${unit}`).join(', ');
    return this.options.scaler === 'embedded' ? list : `(x - mean) / scale of ${list}`;
  }

  described(): ReadonlyMap<string, string> {
    const { finish } = this.options;
    return new Map([
      ...this.inputs.map((one): [string, string] => [one.name, this.textOf(one)]),
      ...(finish === undefined ? [] : [[finish.name, finish.description] as [string, string]]),
    ]);
  }
}

/** Simulations count it in thirds, and a generator that is fed these makes showers that are many times too faint. */
const chargeNote = 'charge in units of the elementary charge: 1 for a proton, not 3';

/** What a user of the file must know: order, units, scaling, where it comes from. */
function factsOf(
  { calorimeter, conditions, scaler, configuration, source }: GeneratorArtefact,
  options: GeneratorOptions,
  ports: Ports,
): Readonly<Record<string, string>> {
  const inputs = ports.inputs.map((one) => ({ name: one.name, shape: one.shape, holds: ports.textOf(one) }));
  return {
    'axoc.part': options.part,
    ...(calorimeter === undefined ? {} : { 'axoc.calorimeter': calorimeter }),
    'axoc.inputs': JSON.stringify(inputs),
    'axoc.conditions': JSON.stringify(conditions),
    ...(conditions.some(({ unit }) => unit === 'e') ? { 'axoc.conditions.note': chargeNote } : {}),
    'axoc.scaler': options.scaler,
    ...(scaler === undefined ? {} : { 'axoc.scaler.means': JSON.stringify(scaler.means) }),
    ...(scaler === undefined ? {} : { 'axoc.scaler.scales': JSON.stringify(scaler.scales) }),
    ...(configuration === undefined ? {} : { 'axoc.configuration.sha256': digestText(configuration) }),
    'axoc.source': source,
  };
}
