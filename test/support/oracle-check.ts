/** Compares lowering with the oracle: every layer and the score of a description, event by event. */
import { fractionBits } from '../../src/fixed/format.js';
import type { Op, Program } from '../../src/ir/op.js';
import type { Lowered, lower } from '../../src/lower/lower.js';
import type { parsePrecision } from '../../src/network/precision.js';
import type { readNetwork } from '../../src/network/read-network.js';
import type { interpreterOf } from '../../src/simulate/interpret.js';
import {
  type DescribedNetwork,
  descriptionOracle,
  type OracleResult,
  type OracleValues,
  oraclePrecision,
  type ScoredByExpression,
} from './description-oracle.js';

/** What is checked: these functions of src, or of a copy of it. */
export interface LoweringModules {
  readonly parsePrecision: typeof parsePrecision;
  readonly readNetwork: typeof readNetwork;
  readonly lower: typeof lower;
  readonly interpreterOf: typeof interpreterOf;
}

export interface OracleCheck {
  /** Numbers compared, up to the first difference. */
  readonly values: number;
  /** The first difference, in words. */
  readonly difference?: string;
}

/**
 * @param precision values of `--precision`
 * @param eventsOf makes the events from the lowered program
 */
export function checkAgainstOracle(
  modules: LoweringModules,
  description: DescribedNetwork | ScoredByExpression,
  precision: readonly string[],
  eventsOf: (program: Program) => readonly (readonly bigint[])[],
): OracleCheck {
  const text = JSON.stringify(description);
  const lowered = modules.lower(modules.readNetwork(text, 'net.json', modules.parsePrecision(precision)));
  const simulate = modules.interpreterOf(lowered.program);
  const oracle = descriptionOracle(JSON.parse(text) as DescribedNetwork, oraclePrecision(precision));
  const checked = checkedValues(lowered);
  let values = 0;
  for (const [number, event] of eventsOf(lowered.program).entries()) {
    const trace = simulate(event);
    const expected = oracle(event);
    for (const { op, of } of checked) {
      const wanted = of(expected);
      const difference = firstDifference(op, trace.get(op.id) ?? [], wanted);
      if (difference !== undefined) {
        return {
          values,
          difference: `event ${number} [${event.join(', ')}]: ${difference}\n${text} ${precision.join(' ')}`,
        };
      }
      values += wanted.raws.length;
    }
  }
  return { values };
}

/** The lowered values a user sees, each with the oracle's. */
function checkedValues({ program, places }: Lowered): { op: Op; of: (result: OracleResult) => OracleValues }[] {
  return program.ops.flatMap((op) => {
    const place = places.get(op.id);
    if (place === undefined || op.kind === 'input') return [];
    const layer = /^layers\[(\d+)\]$/.exec(place)?.[1];
    if (layer !== undefined) return [{ op, of: (result: OracleResult) => result.layers[Number(layer)]! }];
    return [{ op, of: (result: OracleResult) => (place === 'score' ? result.score! : result.input) }];
  });
}

function firstDifference(op: Op, found: readonly bigint[], expected: OracleValues): string | undefined {
  const [format] = op.type.formats;
  const { width, integer } = expected.format;
  if (fractionBits(format!) !== width - integer) return `${op.id} has other fraction bits than described`;
  if (found.length !== expected.raws.length) return `${op.id} has ${found.length} values, not ${expected.raws.length}`;
  const index = expected.raws.findIndex((raw, element) => raw !== found[element]);
  return index < 0 ? undefined : `${op.id}[${index}] is ${found[index]}, not ${expected.raws[index]}`;
}
