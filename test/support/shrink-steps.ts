/** The steps of shrinking: each gives smaller programs with the vectors that fit them, the boldest first. Some are not legal. */
import { type Format, fractionBits, makeFormat, sameFormat } from '../../src/fixed/format.js';
import type { Interval } from '../../src/fixed/interval.js';
import type { Table } from '../../src/fixed/table.js';
import { deriveType } from '../../src/ir/derive.js';
import type { Elements } from '../../src/ir/evaluate.js';
import { rangeOf } from '../../src/ir/intervals.js';
import {
  elementCount,
  formatAt,
  inputsOf,
  isNamed,
  type Op,
  operandsOf,
  opsById,
  type Program,
  withOperands,
} from '../../src/ir/op.js';
import { resultShape, sameShape } from '../../src/ir/shape.js';
import { verifyProgram } from '../../src/ir/verify.js';
import { interpreterOf } from '../../src/simulate/interpret.js';
import type { Mismatch } from '../../src/verify/compare.js';
import type { Vector } from '../../src/verify/vectors.js';
import { withoutElement } from './shrink-elements.js';

export interface Candidate {
  readonly program: Program;
  readonly vectors: readonly Vector[];
}

type Failed = Candidate & { readonly failure: Mismatch };
type Step = (from: Failed) => Iterable<Candidate>;

/** In this order, until none finds anything. */
export const steps: readonly Step[] = [
  fewerVectors,
  fewerOutputs,
  cutOperations,
  bypassedOperations,
  fewerElements,
  simplerTables,
  simplerFormats,
  simplerAttributes,
  simplerVectors,
  shorterNames,
];

/** The candidate as it is if legal, else with every exact result in the narrowest type. */
export function* retyped(candidate: Candidate): Iterable<Candidate> {
  if (verifyProgram(candidate.program).length === 0) yield candidate;
  else {
    const program = derived(candidate.program);
    if (program !== undefined) yield { ...candidate, program };
  }
}

function* fewerVectors({ program, vectors }: Candidate): Iterable<Candidate> {
  for (const [from, to] of chunks(vectors.length)) {
    if (to - from < vectors.length) yield { program, vectors: [...vectors.slice(0, from), ...vectors.slice(to)] };
  }
}

function* fewerOutputs({ program, vectors, failure }: Failed): Iterable<Candidate> {
  if (program.outputs.length === 1 && program.outputs[0] === failure.value) return;
  // Passes keep the types of outputs: the value that differs may have to be none.
  const ids = [failure.value, ...program.ops.filter(isNamed).map(({ id }) => id)];
  for (const id of new Set(ids)) yield alive({ program: { ...program, outputs: [id] }, vectors }, failure);
}

/** An operation's result becomes an input, so that everything before it can go. */
function* cutOperations({ program, vectors, failure }: Failed): Iterable<Candidate> {
  const traces = vectors.map(interpreterOf(program));
  for (const op of program.ops.toReversed()) {
    if (op.kind === 'input' || op.kind === 'constant') continue;
    const id = isNamed(op) ? op.id : freshId(program);
    const ops = program.ops.map((other) =>
      other === op
        ? ({ id, kind: 'input', type: op.type } as const)
        : withOperands(other, (operand) => (operand === op.id ? id : operand)),
    );
    const cut = { ...program, ops };
    const filled = traces.map((trace) =>
      inputsOf(cut).flatMap((input) => trace.get(input.id === id ? op.id : input.id)!),
    );
    yield alive({ program: cut, vectors: filled }, failure);
  }
}

/** An operation is left out, its users read what it read. */
function* bypassedOperations({ program, vectors, failure }: Failed): Iterable<Candidate> {
  const byId = opsById(program);
  for (const op of program.ops) {
    for (const operand of new Set(operandsOf(op))) {
      if (!sameShape(byId.get(operand)!.type.shape, op.type.shape)) continue;
      const ops = program.ops
        .filter((other) => other !== op)
        .map((other) => withOperands(other, (id) => (id === op.id ? operand : id)));
      const outputs = [...new Set(program.outputs.map((id) => (id === op.id ? operand : id)))];
      yield alive({ program: { ...program, ops, outputs }, vectors }, failure);
    }
  }
}

/** A neuron, a channel, a row or an input less. */
function* fewerElements({ program, vectors }: Candidate): Iterable<Candidate> {
  for (const op of program.ops) {
    for (const [axis, length] of op.type.shape.entries()) {
      for (let index = length - 1; index >= 0; index--) {
        const candidate = withoutElement(program, vectors, op.id, { axis, index });
        if (candidate !== undefined) yield candidate;
      }
    }
  }
}

function* simplerTables({ program, vectors }: Candidate): Iterable<Candidate> {
  for (const op of program.ops) {
    for (const { raws, format, replaced } of tablesOf(op)) {
      const given = (raws: readonly bigint[], to = format): Candidate => ({
        program: replaceOp(program, op, replaced({ raws, format: to })),
        vectors,
      });
      for (const [from, to] of chunks(raws.length)) {
        yield given(raws.map((raw, index) => (index >= from && index < to ? 0n : raw)));
      }
      for (const [index, raw] of raws.entries()) {
        for (const simpler of simplerRaws(raw)) yield given(raws.with(index, simpler));
      }
      for (const simpler of simplerFormatsOf(format)) {
        yield given(raws, simpler.format);
        yield given(
          raws.map((raw) => raw >> BigInt(simpler.dropped)),
          simpler.format,
        );
      }
    }
  }
}

function* simplerFormats({ program, vectors }: Candidate): Iterable<Candidate> {
  for (const op of program.ops) {
    if (op.kind !== 'input' && op.kind !== 'cast') continue;
    const { formats } = op.type;
    const given = (changed: readonly Format[]): Program =>
      replaceOp(program, op, { ...op, type: { ...op.type, formats: changed } });
    if (formats.length > 1) for (const format of formats) yield { program: given([format]), vectors };
    for (const [place, format] of formats.entries()) {
      for (const { format: simpler, dropped } of simplerFormatsOf(format)) {
        const changed = given(formats.with(place, simpler));
        yield { program: changed, vectors };
        if (op.kind === 'input' && dropped > 0) {
          const isChanged = (index: number): boolean => formats.length === 1 || index === place;
          yield {
            program: changed,
            vectors: vectors.map((vector) =>
              mapInput(program, vector, op.id, (raw, index) => (isChanged(index) ? raw >> BigInt(dropped) : raw)),
            ),
          };
        }
      }
    }
  }
}

function* simplerAttributes({ program, vectors }: Candidate): Iterable<Candidate> {
  const given = (op: Op, changed: Op): Candidate => ({ program: replaceOp(program, op, changed), vectors });
  for (const op of program.ops) {
    if (op.kind === 'shift') {
      if (op.by.length > 1) for (const by of new Set(op.by)) yield given(op, { ...op, by: [by] });
      for (const [index, by] of op.by.entries()) {
        if (by !== 0) yield given(op, { ...op, by: op.by.with(index, Math.trunc(by / 2)) });
      }
    }
    if (op.kind === 'concat') {
      for (const place of op.operands.keys()) {
        const operands = op.operands.filter((_, index) => index !== place);
        if (operands.length > 0) yield given(op, { ...op, operands });
      }
    }
    if (op.kind === 'conv') {
      yield given(op, { ...op, padding: [0, 0, 0, 0] });
      for (const [side, zeros] of op.padding.entries()) {
        const [top, bottom, left, right] = op.padding.with(side, Math.max(0, zeros - 1)) as [
          number,
          number,
          number,
          number,
        ];
        if (zeros > 0) yield given(op, { ...op, padding: [top, bottom, left, right] });
      }
      yield given(op, { ...op, strides: [1, 1] });
    }
  }
}

function* simplerVectors({ program, vectors }: Candidate): Iterable<Candidate> {
  for (const [number, vector] of vectors.entries()) {
    for (const [from, to] of chunks(vector.length)) {
      const zeroed = vector.map((raw, index) => (index >= from && index < to ? 0n : raw));
      yield { program, vectors: vectors.with(number, zeroed) };
    }
    for (const [index, raw] of vector.entries()) {
      for (const simpler of simplerRaws(raw))
        yield { program, vectors: vectors.with(number, vector.with(index, simpler)) };
    }
  }
}

/** x, y, z for the values, layer by layer; parts of a layer go with it. */
function* shorterNames({ program, vectors }: Candidate): Iterable<Candidate> {
  const names = new Map(program.ops.map(({ id }, index) => [id, id.includes('.') ? `v.t${index}` : `v${index}`]));
  const named = (id: string): string => names.get(id)!;
  yield {
    program: {
      name: 'shrunk',
      ops: program.ops.map((op) => withOperands({ ...op, id: named(op.id) }, named)),
      outputs: program.outputs.map(named),
    },
    vectors,
  };
}

/** Halves, quarters, ... of 0 to length - 1: [from, to]. */
function* chunks(length: number): Iterable<readonly [number, number]> {
  for (let size = length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < length; from += size) yield [from, Math.min(length, from + size)];
  }
}

function* simplerRaws(raw: bigint): Iterable<bigint> {
  if (raw < 0n) yield -raw;
  if (raw !== 0n) yield raw / 2n;
  if (raw > 0n) yield raw - 1n;
  if (raw < 0n) yield raw + 1n;
}

/** Formats without modes or sign, or of fewer bits; `dropped` are those at the low end. */
function* simplerFormatsOf(format: Format): Iterable<{ readonly format: Format; readonly dropped: number }> {
  const { signed, width, integer, rounding, overflow } = format;
  const bare = makeFormat(signed, width, integer);
  const given = (wide: number, whole: number, dropped: number) => ({
    format: { ...format, width: wide, integer: whole },
    dropped,
  });
  if (!sameFormat(bare, format)) {
    yield { format: bare, dropped: 0 };
    yield { format: { ...bare, rounding }, dropped: 0 };
    yield { format: { ...bare, overflow }, dropped: 0 };
  }
  if (signed) yield { format: { ...format, signed: false }, dropped: 0 };
  for (let bits = Math.floor(width / 2); bits >= 1; bits = Math.floor(bits / 2)) {
    yield given(width - bits, integer - bits, 0);
    yield given(width - bits, integer, bits);
  }
  const fraction = fractionBits(format);
  if (fraction !== 0) yield given(width, width, 0);
}

interface TableOfOp extends Pick<Table, 'raws' | 'format'> {
  replaced(table: Pick<Table, 'raws' | 'format'>): Op;
}

function tablesOf(op: Op): readonly TableOfOp[] {
  switch (op.kind) {
    case 'constant': {
      if (op.type.formats.length > 1) return [];
      const replaced = ({ raws, format }: Pick<Table, 'raws' | 'format'>): Op => ({
        ...op,
        raws,
        type: { ...op.type, formats: [format] },
      });
      return [{ raws: op.raws, format: formatAt(op.type, 0), replaced }];
    }
    case 'dense':
    case 'conv':
      return [{ ...op.weights, replaced: (table) => ({ ...op, weights: { ...op.weights, ...table } }) }];
    case 'leaky_relu':
      return [{ ...op.slope, replaced: (table) => ({ ...op, slope: { ...op.slope, ...table } }) }];
    case 'lookup':
      return [{ ...op.table, replaced: (table) => ({ ...op, table: { ...op.table, ...table } }) }];
    default:
      return [];
  }
}

function replaceOp(program: Program, op: Op, changed: Op): Program {
  return { ...program, ops: program.ops.map((other) => (other === op ? changed : other)) };
}

/** Without what neither an output nor the value that differs needs, the inputs among it. */
function alive({ program, vectors }: Candidate, { value }: Mismatch): Candidate {
  const needed = new Set([...program.outputs, value]);
  for (const op of program.ops.toReversed()) {
    if (needed.has(op.id)) for (const operand of operandsOf(op)) needed.add(operand);
  }
  const kept = vectors.map((vector) => {
    let position = 0;
    return inputsOf(program).flatMap((input) => {
      const raws = vector.slice(position, position + elementCount(input.type));
      position += raws.length;
      return needed.has(input.id) ? raws : [];
    });
  });
  return { program: { ...program, ops: program.ops.filter(({ id }) => needed.has(id)) }, vectors: kept };
}

function mapInput(
  program: Program,
  vector: Vector,
  id: string,
  change: (raw: bigint, index: number) => bigint,
): Vector {
  let position = 0;
  return inputsOf(program).flatMap((input) => {
    const raws = vector.slice(position, position + elementCount(input.type));
    position += raws.length;
    return input.id === id ? raws.map(change) : raws;
  });
}

function freshId(program: Program): string {
  const ids = new Set(program.ops.map(({ id }) => id));
  for (let number = 0; ; number++) if (!ids.has(`cut${number}`)) return `cut${number}`;
}

/** Every exact result in the narrowest type; undefined where shapes do not fit or a result is too wide. */
function derived(program: Program): Program | undefined {
  const ops = new Map<string, Op>();
  const ranges = new Map<string, Elements<Interval>>();
  try {
    for (const op of program.ops) {
      const typed = withDerivedType(op, ops, ranges);
      ops.set(op.id, typed);
      ranges.set(op.id, rangeOf(typed, ops, ranges));
    }
  } catch {
    return undefined;
  }
  return { ...program, ops: [...ops.values()] };
}

function withDerivedType(op: Op, ops: ReadonlyMap<string, Op>, ranges: ReadonlyMap<string, Elements<Interval>>): Op {
  if (op.kind === 'input' || op.kind === 'constant') return op;
  const operands = operandsOf(op).map((id) => ops.get(id)!.type);
  const shape = resultShape(
    op,
    operands.map((type) => type.shape),
  );
  if (typeof shape === 'string') throw new Error(shape);
  if (op.kind === 'cast') return { ...op, type: { ...op.type, shape } };
  const shaped = { ...op, type: { shape, formats: [] } };
  return { ...shaped, type: deriveType(shaped, ops, ranges, operands) };
}
