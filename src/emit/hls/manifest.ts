/** `manifest.json`: what the project is, for programs - and the only place where original names appear. */
import { toDecimal } from '../../fixed/dyadic.js';
import { printFormat } from '../../fixed/format.js';
import { programDigest } from '../../ir/digest.js';
import { fractionAt, namedOps, type Op, type Program } from '../../ir/op.js';
import type { Design, Variable } from './design.js';
import type { HlsOptions } from './project.js';

/** What the manifest tells beyond the design. */
export interface ManifestFacts {
  readonly version: string;
  /** The model's name as the user wrote it. */
  readonly name: string;
  /** Id of a named value -> what the user calls it. */
  readonly names: ReadonlyMap<string, string>;
  /** The program as lowered: it has the types of the description. */
  readonly lowered: Program;
  readonly options: HlsOptions;
  readonly warnings: readonly { readonly code: string; readonly place: string; readonly message: string }[];
  readonly verification: readonly { readonly leg: string; readonly vectors: number; readonly values: number }[];
}

export function manifestOf(design: Design, facts: ManifestFacts): string {
  const described = new Map(namedOps(facts.lowered).map((op) => [op.id, op]));
  const manifest = {
    axoc: facts.version,
    name: facts.name,
    // Of the program as lowered: whoever has the model can tell whether this project is of it.
    program_sha256: programDigest(facts.lowered),
    top: design.topName,
    part: facts.options.part,
    clock_ns: facts.options.clock,
    initiation_interval: facts.options.ii,
    latency: facts.options.latency,
    inputs: design.inputs.map(({ name }) => name),
    outputs: design.outputs.map(({ variable, port }) => ({ value: variable.name, port })),
    // In the order in which the test bench traces them.
    values: design.traced.map((variable) => ({
      name: facts.names.get(variable.op.id) ?? variable.op.id,
      identifier: variable.name,
      shape: variable.op.type.shape,
      described_type: typeText(described.get(variable.op.id)!),
      type: printFormat(variable.format),
      intervals: intervalsOf(variable, design),
    })),
    layers: design.layers.map((layer) => ({
      function: layer.name,
      operations: layer.ops.map((op) => ({ id: op.id, kind: op.kind, shape: op.type.shape, type: typeText(op) })),
    })),
    warnings: facts.warnings.map(({ code, place, message }) => ({ code, place, message })),
    verification: facts.verification.map(({ leg, vectors, values }) => ({ leg, vectors, values, mismatches: 0 })),
  };
  return `${JSON.stringify(manifest, undefined, 1)}\n`;
}

/** [low, high] of each element, as exact decimals. */
function intervalsOf({ op }: Variable, design: Design): readonly (readonly [string, string])[] {
  return design.ranges.get(op.id)!.map(({ low, high }, index) => {
    const fraction = fractionAt(op.type, index);
    return [toDecimal(low, fraction), toDecimal(high, fraction)] as const;
  });
}

function typeText({ type }: Op): string | readonly string[] {
  return type.formats.length === 1 ? printFormat(type.formats[0]!) : type.formats.map(printFormat);
}
