/**
 * The baseline: the C++ that hls4ml writes for a network (Vivado and Vitis back ends, strategy latency, io_parallel).
 *
 * hls4ml itself does not run, as that takes TensorFlow and a Keras model. Its project is made here from a network
 * description instead: the wheel's project templates, filled in as `writer/vivado_writer.py` and
 * `backends/vivado/passes/core_templates.py` do it, around the wheel's `nnet_utils` and the vendor's `ap_types`, both
 * without change or shim. The official scores, which every measured design must give, show that nothing is amiss.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, type Step } from './measure.mjs';

/** Name of the top function and of its files. */
const project = 'baseline';

/** What the baseline needs of a network description. */
export interface Description {
  readonly inputs: number;
  readonly hardware_format: string;
  readonly offset_format: string;
  readonly offset: readonly number[];
  readonly shift: readonly number[];
  readonly input_format: string;
  readonly layers: readonly Layer[];
  readonly score: {
    readonly kind: string;
    readonly product_format: string;
    readonly accum_format: string;
    readonly result_format: string;
  };
}

interface Dense {
  readonly kind: 'dense';
  readonly name: string;
  readonly weights: readonly (readonly number[])[];
  readonly bias: readonly number[];
  readonly weight_format: string;
  readonly bias_format: string;
  readonly accum_format: string;
  readonly result_format: string;
}

interface Elementwise {
  readonly kind: 'relu' | 'cast';
  readonly name: string;
  readonly result_format: string;
}

type Layer = Dense | Elementwise;

/** A layer with hls4ml's number for it, and hls4ml's names for what it reads and writes. */
interface Numbered {
  readonly layer: Layer;
  readonly index: number;
  readonly input: Variable;
  readonly output: Variable;
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

/** The flags of hls4ml's build_lib.sh, which asks the compiler for two of them. */
export function libraryFlags(): readonly string[] {
  const knows = (flag: string): boolean => {
    try {
      run({ program: 'g++', args: ['-Werror', '-fsyntax-only', flag, '-xc++', '/dev/null'] });
      return true;
    } catch {
      return false;
    }
  };
  const standard = knows('-std=c++23') ? '-std=c++23' : '-std=c++11';
  return ['-O3', '-fPIC', standard, ...(knows('-fno-gnu-unique') ? ['-fno-gnu-unique'] : [])];
}

/** Writes the project into `directory`, with `emulator.h` around it: input scaling and score, which hls4ml leaves out. */
export function writeBaseline(description: Description, templates: string, directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  const firmware = join(directory, 'firmware');
  mkdirSync(join(firmware, 'weights'), { recursive: true });
  for (const part of ['nnet_utils', 'ap_types'])
    cpSync(join(templates, part), join(firmware, part), { recursive: true });
  const layers = numbered(description);
  for (const layer of layers) writeWeights(layer, join(firmware, 'weights'));
  const write = (template: string, file: string, insertions: Readonly<Record<string, string>>): void =>
    writeFileSync(join(directory, file), fill(readFileSync(join(templates, template), 'utf8'), insertions));
  const { input } = layers[0]!;
  const { output } = layers.at(-1)!;
  write('firmware/defines.h', 'firmware/defines.h', { 'layer-precision': typesOf(description, layers) });
  write('firmware/parameters.h', 'firmware/parameters.h', {
    includes: includes.map((file) => `#include "nnet_utils/${file}"`).join('\n'),
    weights: layers
      .flatMap(weightsOf)
      .map(({ name }) => `#include "weights/${name}.h"`)
      .join('\n'),
    'layer-config': layers.map(configOf).join('\n'),
  });
  const header = `    ${definition(input)}, ${definition(output)}`;
  write('firmware/myproject.h', `firmware/${project}.h`, { header });
  write('firmware/myproject.cpp', `firmware/${project}.cpp`, {
    header,
    IO: `    #pragma HLS INTERFACE ap_vld port=${input.name},${output.name}\n    #pragma HLS PIPELINE`,
    'load weights': loadingOf(layers),
    layers: [
      ...layers.slice(0, -1).map(({ output }) => `    ${definition(output)};`),
      ...layers.map((layer) => `    ${callOf(layer)} // ${layer.layer.name}`),
    ].join('\n'),
  });
  write('myproject_bridge.cpp', `${project}_bridge.cpp`, bridgeOf(input, output));
  writeFileSync(join(directory, 'emulator.h'), emulatorOf(description, output));
}

export interface BaselineSteps {
  /** The design: compiled, and linked into a shared object. */
  readonly design: readonly Step[];
  /** The bridge to Python, which build_lib.sh compiles as well. */
  readonly bridge: readonly Step[];
  /** What `design` leaves for linking. */
  readonly object: string;
}

/** build_lib.sh of a project in `directory`. */
export function baselineSteps(directory: string, flags: readonly string[]): BaselineSteps {
  const object = `${project}.o`;
  const compile = [...flags, '-Ifirmware/ap_types/', `-DWEIGHTS_DIR="${join(directory, 'firmware', 'weights')}"`, '-c'];
  const step = (args: readonly string[]): Step => ({ program: 'g++', args, cwd: directory });
  return {
    object,
    design: [
      step([...compile, `firmware/${project}.cpp`, '-o', object]),
      step([...flags, '-shared', object, '-o', `${project}.so`]),
    ],
    bridge: [step([...compile, `${project}_bridge.cpp`, '-o', `${project}_bridge.o`])],
  };
}

const includes = [
  'nnet_activation.h',
  'nnet_activation_stream.h',
  'nnet_dense.h',
  'nnet_dense_compressed.h',
  'nnet_dense_stream.h',
];

/** Replaces the lines that ask for something, as hls4ml's writer does; a key with `#` is a line for one C++ type. */
function fill(template: string, insertions: Readonly<Record<string, string>>): string {
  return template
    .split('\n')
    .map((line) => {
      const wanted = /\/\/ hls-fpga-machine-learning insert (.*)$/.exec(line)?.[1];
      if (wanted !== undefined) return insertions[wanted] ?? '';
      return line.replaceAll('MYPROJECT', project.toUpperCase()).replaceAll('myproject', project);
    })
    .join('\n');
}

/** hls4ml numbers the input 1, and the layers from 2. */
function numbered({ inputs, layers }: Description): readonly Numbered[] {
  let input: Variable = { name: 'input_1', type: 'input_t', size: inputs };
  return layers.map((layer, position) => {
    const index = position + 2;
    const type = position === layers.length - 1 ? 'result_t' : `layer${index}_t`;
    const size = layer.kind === 'dense' ? layer.bias.length : input.size;
    const output = { name: `layer${index}_out`, type, size };
    const found = { layer, index, input, output };
    input = output;
    return found;
  });
}

function definition({ name, type, size }: Variable): string {
  return `${type} ${name}[${size}]`;
}

function weightsOf({ layer, index }: Numbered): readonly { name: string; type: string; values: readonly number[] }[] {
  if (layer.kind !== 'dense') return [];
  return [
    { name: `w${index}`, type: `weight${index}_t`, values: layer.weights.flat() },
    { name: `b${index}`, type: `bias${index}_t`, values: layer.bias },
  ];
}

/** With hls4ml's default, WriteWeightsTxt, simulation reads the text file and synthesis the header. */
function writeWeights(layer: Numbered, directory: string): void {
  for (const { name, type, values } of weightsOf(layer)) {
    const text = values.join(', ');
    const declared = definition({ name, type, size: values.length });
    const guard = `${name.toUpperCase()}_H_`;
    const body = `#ifndef __SYNTHESIS__\n${declared};\n#else\n${declared} = {${text}};\n\n#endif\n`;
    writeFileSync(join(directory, `${name}.txt`), text);
    writeFileSync(join(directory, `${name}.h`), `#ifndef ${guard}\n#define ${guard}\n\n${body}\n#endif\n`);
  }
}

function typesOf({ input_format }: Description, layers: readonly Numbered[]): string {
  const typesOfLayer = ({ layer, index, output }: Numbered): readonly string[] =>
    layer.kind === 'dense'
      ? [
          `typedef ${layer.accum_format} layer${index}_accum_t;`,
          `typedef ${layer.result_format} ${output.type};`,
          `typedef ${layer.weight_format} weight${index}_t;`,
          `typedef ${layer.bias_format} bias${index}_t;`,
          `typedef ap_uint<1> layer${index}_index;`,
        ]
      : [`typedef ${layer.result_format} ${output.type};`, `typedef ap_fixed<18,8> layer${index}_table_t;`];
  return [`typedef ${input_format} input_t;`, ...layers.flatMap(typesOfLayer)].join('\n');
}

function configOf({ layer, index, input, output }: Numbered): string {
  if (layer.kind !== 'dense') {
    return `struct ${functionOf(layer)}_config${index} : nnet::activ_config {
    static const unsigned n_in = ${input.size};
    static const unsigned table_size = 1024;
    static const unsigned io_type = nnet::io_parallel;
    static const unsigned reuse_factor = 1;
    typedef layer${index}_table_t table_t;
};
`;
  }
  const zeros = layer.weights.flat().filter((weight) => weight === 0).length;
  return `struct config${index} : nnet::dense_config {
    static const unsigned n_in = ${input.size};
    static const unsigned n_out = ${output.size};
    static const unsigned io_type = nnet::io_parallel;
    static const unsigned strategy = nnet::latency;
    static const unsigned reuse_factor = 1;
    static const unsigned n_zeros = ${zeros};
    static const unsigned n_nonzeros = ${input.size * output.size - zeros};
    static const unsigned multiplier_limit = DIV_ROUNDUP(n_in * n_out, reuse_factor) - n_zeros / reuse_factor;
    static const bool store_weights_in_bram = false;
    typedef layer${index}_accum_t accum_t;
    typedef bias${index}_t bias_t;
    typedef weight${index}_t weight_t;
    typedef layer${index}_index index_t;
    template<class data_T, class res_T, class CONFIG_T>
    using kernel = nnet::DenseLatency<data_T, res_T, CONFIG_T>;
    template<class x_T, class y_T>
    using product = nnet::product::mult<x_T, y_T>;
};
`;
}

function loadingOf(layers: readonly Numbered[]): string {
  const loads = layers
    .flatMap(weightsOf)
    .map(({ name, type, values }) => `nnet::load_weights_from_txt<${type}, ${values.length}>(${name}, "${name}.txt");`);
  return `#ifndef __SYNTHESIS__
    static bool loaded_weights = false;
    if (!loaded_weights) {
        ${loads.join('\n        ')}
        loaded_weights = true;    }
#endif`;
}

function callOf({ layer, index, input, output }: Numbered): string {
  const types = `${input.type}, ${output.type}`;
  return layer.kind === 'dense'
    ? `nnet::dense<${types}, config${index}>(${input.name}, ${output.name}, w${index}, b${index});`
    : `nnet::${functionOf(layer)}<${types}, ${functionOf(layer)}_config${index}>(${input.name}, ${output.name});`;
}

function functionOf({ kind }: Elementwise): string {
  return kind === 'relu' ? 'relu' : 'linear';
}

function bridgeOf(input: Variable, output: Variable): Readonly<Record<string, string>> {
  const insertions = ['float', 'double'].flatMap((type): [string, string][] => [
    [`header #${type}`, `    ${type} *${input.name},\n    ${type} *${output.name}`],
    [
      `wrapper #${type}`,
      `    ${definition({ ...input, name: `${input.name}_ap` })};
    nnet::convert_data<${type}, ${input.type}, ${input.size}>(${input.name}, ${input.name}_ap);
    ${definition({ ...output, name: `${output.name}_ap` })};
    ${project}(${input.name}_ap,${output.name}_ap);
    nnet::convert_data<${output.type}, ${type}, ${output.size}>(${output.name}_ap, ${output.name});`,
    ],
  ]);
  return Object.fromEntries(insertions);
}

/** Input scaling and score by hand, as the public emulators have them. */
function emulatorOf(description: Description, output: Variable): string {
  const { inputs, offset, shift, score } = description;
  if (score.kind !== 'sum-of-squares') throw new Error(`the baseline knows no score of kind ${score.kind}`);
  return `#pragma once
#include "firmware/${project}.h"

typedef ${description.hardware_format} hardware_t;
typedef ${score.result_format} score_t;

static const ${description.offset_format} offsets[${inputs}] = {${offset.join(', ')}};
static const int shifts[${inputs}] = {${shift.join(', ')}};

inline void emulate(const hardware_t hardware[${inputs}], score_t &score) {
  input_t scaled[${inputs}];
  for (int i = 0; i < ${inputs}; i++) {
    const hardware_t difference = hardware[i] - offsets[i];
    const hardware_t shifted = difference >> shifts[i];
    scaled[i] = shifted;
  }
  ${definition({ ...output, name: 'latent' })};
  ${project}(scaled, latent);
  ${score.accum_format} sum = 0;
  for (int i = 0; i < ${output.size}; i++) {
    const ${score.product_format} square = latent[i] * latent[i];
    sum += square;
  }
  score = sum;
}
`;
}
