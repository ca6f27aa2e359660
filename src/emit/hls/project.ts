/** From a program to a Vitis HLS project: all its files, in memory. */
import { type FileTree, listPackageFiles, readPackageFile } from '../../base/files.js';
import { printRange } from '../../ir/intervals.js';
import { layerOf, type Program } from '../../ir/op.js';
import { cppType } from './cpp.js';
import { type Design, type LayerFunction, planDesign, type Variable } from './design.js';
import { render } from './render.js';
import { constantsOf, statementsOf } from './statements.js';
import { validateForHls } from './validate.js';

/** What the firmware engineer chooses. */
export interface HlsOptions {
  /** Device, as the vendor's tools name it. */
  readonly part: string;
  /** Clock period in ns. */
  readonly clock: number;
  /** Initiation interval in clocks. */
  readonly ii: number;
  /** Latency in clocks. */
  readonly latency: number;
}

/** The production target: Virtex-7 of the CMS Global Trigger, one bunch crossing (25 ns) a clock, 50 ns in all. */
export const defaultHlsOptions: HlsOptions = { part: 'xc7vx690tffg1927-2', clock: 25, ii: 1, latency: 2 };

/** A project and the plan it was printed from. */
export interface HlsProject {
  readonly design: Design;
  readonly files: FileTree;
}

/**
 * All of a project but its test vectors (vectors.ts) and its manifest (manifest.ts).
 * @throws AxocError (internal) for a program that the generated C++ cannot express; `runPasses` leaves none
 */
export function emitHls(program: Program, options: HlsOptions): HlsProject {
  const design = planDesign(program);
  validateForHls(design);
  const { topName } = design;
  const files = new Map<string, string>([
    [`firmware/${topName}.h`, render('top.h', { topName, parameters: commaSeparated(topParameters(design)) })],
    [`firmware/${topName}.cpp`, topSource(design, options)],
    ['firmware/types.h', typesHeader(design)],
    [`tb/${topName}_test.cpp`, testBench(design)],
    ['Makefile', render('Makefile', { topName })],
    ['build_prj.tcl', render('build_prj.tcl', { topName, ...options })],
    ['README.md', render('README.md', { topName, ...options })],
  ]);
  for (const layer of design.layers) {
    const definitions = layer.ops.flatMap((op) => constantsOf(op, design));
    files.set(`firmware/layers/${layer.name}.h`, layerHeader(layer, design));
    if (definitions.length > 0)
      files.set(`firmware/weights/${layer.name}.h`, weightsHeader(layer, definitions, design));
  }
  for (const name of listPackageFiles('hls/include/axoc'))
    files.set(`firmware/axoc/${name}`, readPackageFile(`hls/include/axoc/${name}`));
  for (const name of listPackageFiles('hls/include/ap_types'))
    files.set(`ap_types/${name}`, readPackageFile(`hls/include/ap_types/${name}`));
  return { design, files };
}

function typesHeader(design: Design): string {
  const variables = [...design.variables.values()];
  return render('types.h', {
    topName: design.topName,
    // Products are formed in full before they are added: twice the widest value and more.
    wide: variables.some(({ format }) => format.width > 256),
    types: [
      ...variables.map((variable) => ({
        format: cppType(variable.format),
        name: variable.typeName,
        range: printRange(variable.op, design.ranges),
      })),
      ...design.outputs.map(({ format, typeName }) => ({ format: cppType(format), name: typeName, range: '' })),
    ],
  });
}

function layerHeader(layer: LayerFunction, design: Design): string {
  const written = new Set(layer.writes.map(({ name }) => name));
  const lines = layer.ops.flatMap((op) => {
    const y = design.variables.get(op.id)!;
    const isLocal = op.kind !== 'constant' && !written.has(y.name);
    const declaration = isLocal
      ? [`  ${y.typeName} ${y.name}[${y.length}];`, `#pragma HLS ARRAY_PARTITION variable=${y.name} complete`]
      : [];
    return [...declaration, ...statementsOf(op, design).map((line) => (line.startsWith('#') ? line : `  ${line}`))];
  });
  const parameters = [...layer.reads.map((x) => `const ${arrayParameter(x)}`), ...layer.writes.map(arrayParameter)];
  return render('layer.h', {
    summary: `${layer.name}: ${layer.reads.map(({ name }) => name).join(', ') || 'nothing'} -> ${layer.writes.map(({ name }) => name).join(', ')}.`,
    namespaceName: design.namespaceName,
    name: layer.name,
    weights: [
      ...(layer.ops.some((op) => constantsOf(op, design).length > 0) ? [layer.name] : []),
      ...layer.constantsReadFrom,
    ],
    parameters: commaSeparated(parameters),
    lines,
  });
}

function weightsHeader(layer: LayerFunction, definitions: readonly string[], design: Design): string {
  return render('weights.h', {
    layer: layerOf(layer.ops[0]!.id),
    namespaceName: design.namespaceName,
    definitions,
    needsFromBits: definitions.some((definition) => definition.includes('axoc::from_bits')),
  });
}

function topSource(design: Design, options: HlsOptions): string {
  const ports = [...design.inputs.map(({ name }) => name), ...design.outputs.map(({ port }) => port)];
  const arrays = [
    ...design.inputs.map((x) => ({ name: x.name, length: x.length })),
    ...design.outputs.map(({ variable, port }) => ({ name: port, length: variable.length })),
  ];
  const trace = ({ name, length }: Variable): string => `AXOC_TRACE(${name}, ${length});`;
  const tracedIds = new Set(design.traced.map(({ op }) => op.id));
  return render('top.cpp', {
    topName: design.topName,
    namespaceName: design.namespaceName,
    ...options,
    isOne: options.ii === 1,
    parameters: commaSeparated(topParameters(design)),
    interfaces: [
      ...arrays.filter(({ length }) => length > 1).map(({ name }) => `ARRAY_PARTITION variable=${name} complete`),
      ...ports.map(
        (port, index) => `INTERFACE mode=${index < design.inputs.length ? 'ap_none' : 'ap_vld'} port=${port}`,
      ),
    ],
    inputTraces: design.inputs.map(trace),
    layers: design.layers
      .filter((layer) => layer.writes.length > 0 || layer.ops.some((op) => tracedIds.has(op.id)))
      .map((layer) => ({
        file: layer.name,
        arrays: layer.writes,
        call:
          layer.writes.length > 0
            ? `${layer.name}(${[...layer.reads, ...layer.writes].map(({ name }) => name).join(', ')});`
            : '',
        traces: layer.ops.filter((op) => tracedIds.has(op.id)).map((op) => trace(design.variables.get(op.id)!)),
      })),
    outputs: design.outputs.map(({ variable, port }) =>
      variable.length === 1
        ? `  ${port} = ${variable.name}[0];`
        : [
            `  for (int i = 0; i < ${variable.length}; i++) {`,
            '#pragma HLS UNROLL',
            `    ${port}[i] = ${variable.name}[i];`,
            '  }',
          ].join('\n'),
    ),
  });
}

function testBench(design: Design): string {
  return render('testbench.cpp', {
    topName: design.topName,
    inputs: design.inputs,
    outputs: design.outputs.map(({ variable, port, typeName }) => ({
      port,
      typeName,
      name: variable.name,
      length: variable.length,
    })),
    call: `${design.topName}(${[...design.inputs.map(({ name }) => name), ...design.outputs.map(({ variable, port }) => (variable.length === 1 ? `${port}[0]` : port))].join(', ')});`,
  });
}

/** Arrays, and references for single values. */
function topParameters(design: Design): string[] {
  return [
    ...design.inputs.map((x) => `const ${arrayParameter(x)}`),
    ...design.outputs.map(({ variable: { length }, typeName, port }) =>
      length === 1 ? `${typeName} &${port}` : `${typeName} ${port}[${length}]`,
    ),
  ];
}

function arrayParameter({ typeName, name, length }: Variable): string {
  return `${typeName} ${name}[${length}]`;
}

function commaSeparated(parameters: readonly string[]): string[] {
  return parameters.map((parameter, index) => (index < parameters.length - 1 ? `${parameter},` : parameter));
}
