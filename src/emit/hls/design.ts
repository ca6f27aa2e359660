/** The plan of a project: which C++ name and type every value has, and which layer function computes it. */
import { Identifiers } from '../../base/identifier.js';
import type { Format } from '../../fixed/format.js';
import type { Ranges } from '../../ir/intervals.js';
import { rangesOf } from '../../ir/intervals.js';
import { elementCount, inputsOf, isNamed, layerOf, type Op, operandsOf, opsById, type Program } from '../../ir/op.js';
import { containerOf, joined } from './containers.js';

/** A value as C++ has it: the array `name` of `length` elements of type `typeName`. */
export interface Variable {
  readonly op: Op;
  readonly name: string;
  readonly typeName: string;
  readonly format: Format;
  readonly length: number;
  /** Names of an attribute's table (weights, lookup table, shift amounts) and of its elements' type; empty without one. */
  readonly tableName: string;
  readonly tableTypeName: string;
}

/** A result and the name of the top function's parameter it leaves through. */
export interface Output {
  readonly variable: Variable;
  readonly port: string;
  /** The parameter's type: the result's own, without room for partial sums. */
  readonly typeName: string;
  readonly format: Format;
}

/** Operations of one layer in order, computed by one function. */
export interface LayerFunction {
  readonly name: string;
  readonly ops: readonly Op[];
  /** Values it reads from other layers; constants are visible everywhere and not among them. */
  readonly reads: readonly Variable[];
  /** Names of the other layer functions whose constants it names. */
  readonly constantsReadFrom: readonly string[];
  /** Values other layers read, or that a user sees; no constants. */
  readonly writes: readonly Variable[];
}

export interface Design {
  readonly program: Program;
  readonly topName: string;
  readonly namespaceName: string;
  readonly variables: ReadonlyMap<string, Variable>;
  readonly ops: ReadonlyMap<string, Op>;
  readonly ranges: Ranges;
  readonly layers: readonly LayerFunction[];
  readonly inputs: readonly Variable[];
  readonly outputs: readonly Output[];
  /** The values a user sees, in the order in which the test bench traces them. */
  readonly traced: readonly Variable[];
}

/** Names of loop variables in generated code. */
const loopVariables = ['i', 'j', 'row', 'column', 'channel', 'filter'];

export function planDesign(program: Program): Design {
  const identifiers = new Identifiers();
  const topName = identifiers.allocate(program.name);
  for (const name of loopVariables) identifiers.allocate(name);
  const ops = opsById(program);
  const ranges = rangesOf(program);
  const variables = planVariables(program, ops, ranges, identifiers);
  const namespaceName = identifiers.allocate(`${topName}_layers`);
  return {
    program,
    topName,
    namespaceName,
    variables,
    ops,
    ranges,
    layers: planLayers(program, variables, identifiers),
    inputs: inputsOf(program).map((op) => variables.get(op.id)!),
    outputs: program.outputs.map((id) => {
      const variable = variables.get(id)!;
      const format = joined(variable.op.type.formats);
      const port = identifiers.allocate(`${variable.name}_out`);
      return { variable, port, format, typeName: identifiers.allocate(`${port}_t`) };
    }),
    traced: [...inputsOf(program), ...program.ops.filter((op) => isNamed(op) && op.kind !== 'input')].map(
      (op) => variables.get(op.id)!,
    ),
  };
}

/** Names what a user sees first, so that it keeps its plain name. */
function planVariables(
  program: Program,
  ops: ReadonlyMap<string, Op>,
  ranges: Ranges,
  identifiers: Identifiers,
): ReadonlyMap<string, Variable> {
  const variables = new Map<string, Variable>();
  for (const op of [...program.ops.filter(isNamed), ...program.ops.filter((op) => !isNamed(op))]) {
    const name = identifiers.allocate(op.id);
    variables.set(op.id, {
      op,
      name,
      typeName: identifiers.allocate(`${name}_t`),
      format: containerOf(op, ops, ranges),
      length: elementCount(op.type),
      ...planTable(op, name, identifiers),
    });
  }
  return variables;
}

function planTable(op: Op, name: string, identifiers: Identifiers): Pick<Variable, 'tableName' | 'tableTypeName'> {
  const word = tableWord(op);
  if (word === undefined) return { tableName: '', tableTypeName: '' };
  const tableName = identifiers.allocate(`${name}_${word}`);
  return { tableName, tableTypeName: identifiers.allocate(`${tableName}_t`) };
}

function tableWord(op: Op): string | undefined {
  switch (op.kind) {
    case 'leaky_relu':
      return 'slope';
    case 'shift':
      return 'amount';
    case 'lookup':
      return 'table';
    case 'dense':
    case 'conv':
      return 'weights';
    default:
      return undefined;
  }
}

/** One function for each run of operations that belong to one layer. */
function planLayers(
  program: Program,
  variables: ReadonlyMap<string, Variable>,
  identifiers: Identifiers,
): LayerFunction[] {
  const runs: Op[][] = [];
  for (const op of program.ops) {
    if (op.kind === 'input') continue;
    const run = runs.at(-1);
    if (run !== undefined && layerOf(run[0]!.id) === layerOf(op.id)) run.push(op);
    else runs.push([op]);
  }
  const names = runs.map((ops) => identifiers.allocate(`compute_${layerOf(ops[0]!.id)}`));
  const isConstant = (id: string): boolean => variables.get(id)!.op.kind === 'constant';
  return runs.map((ops, run) => {
    const own = new Set(ops.map((op) => op.id));
    const readElsewhere = new Set(program.ops.filter((op) => !own.has(op.id)).flatMap(operandsOf));
    const foreign = [...new Set(ops.flatMap(operandsOf))].filter((id) => !own.has(id));
    const writes = ops.filter((op) => (isNamed(op) || readElsewhere.has(op.id)) && op.kind !== 'constant');
    const constants = new Set(foreign.filter(isConstant));
    return {
      name: names[run]!,
      ops,
      reads: foreign.filter((id) => !isConstant(id)).map((id) => variables.get(id)!),
      constantsReadFrom: names.filter((_, other) => runs[other]!.some((op) => constants.has(op.id))),
      writes: writes.map((op) => variables.get(op.id)!),
    };
  });
}
