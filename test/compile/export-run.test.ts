/** Parts of a training run in floating point: what the training graph computes, from the weights that the artefact holds. */
import { expect, it } from 'vitest';
import type { Artefact, StoredModel } from '../../src/artefact/artefact.js';
import { Random } from '../../src/base/random.js';
import { compareWithGraph } from '../../src/compile/export-check.js';
import { floatOnnx } from '../../src/compile/export-float.js';
import { runPart } from '../../src/compile/export-run.js';
import { readOnnx } from '../../src/onnx/read.js';
import { loadRuntime, openSession } from '../../src/onnx/runtime.js';
import { writeOnnx } from '../../src/onnx/write.js';
import { chooseExecutor } from '../../src/tensor/executors/choose.js';
import { buildModel, encodeGraph, type Model } from '../../src/train/model/model.js';
import { defaultModelOptions } from '../../src/train/model/options.js';

function smallModel(kind: 'AE' | 'VAE'): Model {
  return buildModel({
    ...defaultModelOptions,
    kind,
    features: 6,
    encoder: [{ kind: 'dense', units: 5 }, { kind: 'batch_norm' }, { kind: 'relu' }],
    latent: 3,
    decoder: [{ kind: 'dense', units: 5 }, { kind: 'relu' }, { kind: 'dense', units: 6 }],
  });
}

/** What a run leaves, as far as the export looks at it. */
function artefactOf(model: Model): { artefact: Artefact; parameters: ReadonlyMap<string, Float32Array> } {
  const random = Random.seeded(2);
  const parameters = new Map(model.parameters.map((parameter) => [parameter.name, parameter.initial(random)]));
  const stored = (wanted: (name: string) => boolean): StoredModel => ({
    layers: '[]',
    tensors: new Map(
      model.parameters
        .filter(({ name }) => wanted(name))
        .map(({ name, shape }) => [name, { shape, values: parameters.get(name)! }]),
    ),
  });
  const isDecoder = (name: string): boolean => name.startsWith('decoder');
  const artefact = {
    configuration: '{}',
    seeds: {},
    versions: {},
    layout: ['A', 'B'],
    normalisation: { scale: [[1, 1, 1]], bias: [[0, 0, 0]] },
    trimmedEncoder: { name: 'small' } as Artefact['trimmedEncoder'],
    encoder: stored((name) => !isDecoder(name)),
    decoder: stored(isDecoder),
    history: new Map(),
  } satisfies Artefact;
  return { artefact, parameters };
}

it.each(['AE', 'VAE'] as const)('%s: every part agrees with the training graph', async (kind) => {
  const model = smallModel(kind);
  const { artefact } = artefactOf(model);
  const runtime = await loadRuntime();
  const outputsOf = new Map<string, readonly string[]>();
  for (const name of ['encoder', 'decoder', 'all'] as const) {
    const part = runPart(artefact, model, 'complete.h5', name);
    const bytes = writeOnnx(floatOnnx(part, 13));
    const session = await openSession(runtime, bytes, true);
    for (const { largest, values } of await compareWithGraph(part, session, runtime, 1)) {
      expect(values).toBeGreaterThanOrEqual(68);
      expect(largest).toBeLessThan(1e-6);
    }
    const { graph, metadata } = readOnnx(bytes, name);
    outputsOf.set(
      name,
      graph.outputs.map((output) => output.name),
    );
    expect(graph.inputs.map((input) => [input.name, ...input.shape])).toEqual([
      name === 'decoder' ? ['latent', 'batch', 3] : ['events', 'batch', 6],
    ]);
    expect(metadata).toMatchObject({ 'axoc.part': name, 'axoc.objects': '["A","B"]' });
  }
  const latent = kind === 'VAE' ? ['latent_mean', 'latent_log_variance'] : outputsOf.get('encoder')!.slice(0, 1);
  expect(outputsOf.get('encoder')).toEqual([...latent, 'score']);
  expect(outputsOf.get('all')).toEqual([...latent, 'score', 'reconstruction']);
  expect(outputsOf.get('decoder')).toEqual(['reconstruction']);
});

it('the weights are those of the artefact: its parameters fed to the training graph give the same scores', async () => {
  const model = smallModel('VAE');
  const { artefact, parameters } = artefactOf(model);
  const runtime = await loadRuntime();
  const bytes = writeOnnx(floatOnnx(runPart(artefact, model, 'complete.h5', 'encoder'), 15));
  const session = await openSession(runtime, bytes, true);
  const events = Float32Array.from({ length: 24 }, (_, index) => Math.sin(index) * 4);
  const found = await session.run({ events: new runtime.library.Tensor('float32', events, [4, 6]) });
  const graph = encodeGraph(model, 4);
  const executable = await (await chooseExecutor('onnxruntime')).compile(graph);
  const feeds = new Map(graph.inputs.map(({ name }) => [name, name === 'events' ? events : parameters.get(name)!]));
  const wanted = await executable.run(feeds);
  await executable.dispose();
  expect([...(found.score!.data as Float32Array)]).toEqual([...wanted.get('score')!]);
  expect(new Set(found.score!.data as Float32Array).size).toBeGreaterThan(1);
});

it('what is deployed has no floating-point weights', () => {
  const model = smallModel('AE');
  const { encoder: _, ...lite } = artefactOf(model).artefact;
  expect(() => runPart(lite, model, 'lite.h5', 'all')).toThrow(
    '--part all: lite.h5 holds no floating-point weights: it is what is deployed\n  help: give the complete.h5 of the same run',
  );
});
