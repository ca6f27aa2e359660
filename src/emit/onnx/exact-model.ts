/** The exact profile: a program as an ONNX model on raw integers that gives the same bits. */
import { AxocError, type Diagnostic } from '../../base/diagnostic.js';
import { printFormat } from '../../fixed/format.js';
import { type Ranges, rangesOf } from '../../ir/intervals.js';
import { type Input, inputsOf, namedOps, type Op, operandsOf, type Program } from '../../ir/op.js';
import {
  defaultOpset,
  modelOf,
  nodeOf,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type ValueInfo,
} from '../../onnx/model.js';
import { castNode, Draft } from './draft.js';
import { emitExpanded, emitOperation } from './operations.js';
import { type Carrier, carriers, checkHeld, TooWide, type Value } from './value.js';

/** Operator sets that go with the version of the format that is written. */
export const opsets = { least: defaultOpset, most: 18 } as const;

export interface ExactOptions {
  readonly opset: number;
  /** Every named value is an output, not the program's outputs alone. */
  readonly trace: boolean;
  /** The model's name as the user wrote it. */
  readonly name: string;
  /** The version of axoc. */
  readonly version: string;
  /** What else the file tells of itself, key by key. */
  readonly facts: Readonly<Record<string, string>>;
}

/** An output of the model: int64, [batch, ...shape]. */
export interface ExactOutput {
  /** The value of the program. */
  readonly id: string;
  /** Its name in the model: the id, but for an input that is an output too. */
  readonly name: string;
}

export interface ExactModel {
  readonly model: OnnxModel;
  readonly outputs: readonly ExactOutput[];
}

/** Name of the first axis. */
const batchAxis = 'batch';

/**
 * Inputs and outputs are int64 tensors of raw integers, [batch, ...shape].
 * @throws AxocError (user) naming every value for which int64 is not wide enough
 */
export function exactModel(program: Program, options: ExactOptions): ExactModel {
  const { values, nodes, tensors } = emitValues(program);
  const batch = inputsOf(program)[0]!.id;
  const outputs = (options.trace ? namedOps(program) : program.outputs.map((id) => opOf(program, id))).map((op) => ({
    op,
    id: op.id,
    name: op.kind === 'input' ? `${op.id}/output` : op.id,
  }));
  for (const { id, name } of outputs) {
    const value = values.get(id)!;
    const draft = new Draft(`${id}/output`, value.carrier);
    const { name: last } = emitExpanded(draft, value, batch);
    nodes.push(...draft.nodes);
    nodes.push(value.carrier === 'int64' ? nodeOf('Identity', [last], [name]) : castNode(last, name, 'int64'));
    tensors.push(...draft.tensors);
  }
  const needed = neededFor(nodes, outputs);
  const read = new Set(needed.flatMap(({ inputs }) => inputs));
  const graph = {
    name: program.name,
    nodes: needed,
    initializers: tensors.filter(({ name }) => read.has(name)),
    inputs: inputsOf(program).map((input) => infoOf(input, input.id)),
    outputs: outputs.map(({ op, name }) => infoOf(op, name)),
    values: [],
  };
  const { opset, version, name } = options;
  const metadata = {
    'axoc.profile': 'exact',
    'axoc.model': name,
    'axoc.inputs': factsOf(inputsOf(program).map((op) => ({ op, name: op.id }))),
    'axoc.outputs': factsOf(outputs),
    ...options.facts,
  };
  const description = `${name}: exact fixed point on raw integers; the value of one is raw * 2^-(W - I) of its type`;
  return {
    model: modelOf(graph, { opset, version, description, metadata }),
    outputs: outputs.map(({ id, name }) => ({ id, name })),
  };
}

interface Emitted {
  readonly values: ReadonlyMap<string, Value>;
  readonly nodes: OnnxNode[];
  readonly tensors: OnnxTensor[];
}

/** Writes down all operations; reports all values that are too wide, but not those that are made of them. */
function emitValues(program: Program): Emitted {
  const ranges = rangesOf(program);
  const batch = inputsOf(program)[0]!.id;
  const ops = new Map(program.ops.map((op) => [op.id, op]));
  const values = new Map<string, Value>();
  const emitted: Emitted = { values, nodes: [], tensors: [] };
  const problems: Diagnostic[] = [];
  for (const op of program.ops) {
    const operands = operandsOf(op).filter((id) => values.has(id));
    if (operands.length < operandsOf(op).length) continue;
    try {
      const { draft, value } = inNarrowestCarrier((carrier) => {
        const draft = new Draft(op.id, carrier);
        if (op.kind === 'input') return { draft, value: emitInput(draft, op, ranges) };
        const held = operands.map((id) => ({ value: draft.held(values.get(id)!), type: ops.get(id)!.type }));
        return { draft, value: draft.proved(emitOperation(draft, op, held, batch), ranges.get(op.id)!) };
      });
      emitted.nodes.push(...draft.nodes);
      emitted.tensors.push(...draft.tensors);
      values.set(op.id, value);
    } catch (error) {
      if (!(error instanceof TooWide)) throw error;
      problems.push({
        code: 'onnx-too-wide',
        place: op.id,
        message: `computing it exactly takes integers of ${error.bits} bits and a sign; ONNX has int64: 63 bits and a sign`,
        hint: 'narrow the types it is made from; C++ and axoc simulate take any width',
      });
    }
  }
  if (problems.length > 0) throw new AxocError('user', problems);
  return emitted;
}

/** @throws TooWide of the widest carrier */
function inNarrowestCarrier<T>(emit: (carrier: Carrier) => T): T {
  for (const carrier of carriers) {
    try {
      return emit(carrier);
    } catch (error) {
      if (!(error instanceof TooWide) || carrier === carriers.at(-1)) throw error;
    }
  }
  throw new Error('there is no carrier');
}

function emitInput(draft: Draft, op: Input, ranges: Ranges): Value {
  const range = ranges.get(op.id)!;
  checkHeld('int64', range);
  return draft.held({ name: op.id, carrier: 'int64', shape: op.type.shape, range, isBatched: true });
}

/** The nodes that the outputs need, in order. */
function neededFor(nodes: readonly OnnxNode[], outputs: readonly ExactOutput[]): readonly OnnxNode[] {
  const wanted = new Set(outputs.map(({ name }) => name));
  return nodes
    .toReversed()
    .filter((node) => {
      const isWanted = node.outputs.some((name) => wanted.has(name));
      if (isWanted) for (const name of node.inputs) wanted.add(name);
      return isWanted;
    })
    .toReversed();
}

function opOf(program: Program, id: string): Op {
  return program.ops.find((op) => op.id === id)!;
}

function infoOf(op: Op, name: string): ValueInfo {
  return {
    name,
    type: 'int64',
    shape: [batchAxis, ...op.type.shape],
    description: `raw integers of ${[...new Set(op.type.formats.map(printFormat))].join(', ')}`,
  };
}

/** Names, shapes of one event and types: one for all elements, or one for each, row-major. */
function factsOf(values: readonly { readonly op: Op; readonly name: string }[]): string {
  return JSON.stringify(
    values.map(({ op, name }) => ({
      name,
      shape: op.type.shape,
      type: op.type.formats.length === 1 ? printFormat(op.type.formats[0]!) : op.type.formats.map(printFormat),
    })),
  );
}
