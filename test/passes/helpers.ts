/** What the tests of passes share: running one on text, and looking whether a program still means the same. */
import { expect } from 'vitest';
import { Random } from '../../src/base/random.js';
import { toDecimal } from '../../src/fixed/dyadic.js';
import { printFormat, sameValues } from '../../src/fixed/format.js';
import { fractionAt, inputsOf, namedOps, type Op, opsById, type Program } from '../../src/ir/op.js';
import { parseProgram } from '../../src/ir/parse.js';
import { printProgram } from '../../src/ir/print.js';
import { verifyProgram } from '../../src/ir/verify.js';
import { interpreterOf } from '../../src/simulate/interpret.js';
import { elementFormats, randomEvent } from '../ir/random-program.js';

/** The operations (without first and last line) that a pass makes of these. All that passes promise is checked too. */
export function passed(run: (program: Program) => Program, operations: string, output = 'y'): string {
  const before = parseProgram(`program demo\n${operations.trim()}\noutput ${output}\n`, 'before.ir');
  const after = run(before);
  expectKept(before, after, Random.seeded(1), 50);
  return printProgram(after).split('\n').slice(1, -2).join('\n');
}

/** Expects a legal program with the same inputs, the same outputs, and the same value of every named operation. */
export function expectKept(before: Program, after: Program, random: Random, events: number): void {
  const context = () => `before\n${printProgram(before)}after\n${printProgram(after)}`;
  expect(verifyProgram(before)).toEqual([]);
  const found = verifyProgram(after);
  if (found.length > 0)
    expect.fail(`${found.map(({ place, message }) => `${place}: ${message}`).join('\n')}\n${context()}`);
  expect([after.name, after.outputs]).toEqual([before.name, before.outputs]);
  expect(inputsOf(after)).toEqual(inputsOf(before));
  expect(new Set(namedOps(after).map((op) => op.id))).toEqual(new Set(namedOps(before).map((op) => op.id)));
  for (const output of before.outputs)
    expectSameFormats(opsById(before).get(output)!, opsById(after).get(output)!, context);

  const [runBefore, runAfter] = [interpreterOf(before), interpreterOf(after)];
  for (let n = 0; n < events; n++) {
    const event = randomEvent(before, random);
    const [expected, given] = [namedValues(before, runBefore(event)), namedValues(after, runAfter(event))];
    for (const [id, values] of expected) {
      if (given.get(id) !== values) expect.fail(`${id} is ${given.get(id)}, was ${values} for ${event}\n${context()}`);
    }
  }
}

/** A folded or renamed output may lose modes, which mean nothing there, but its numbers keep their bits. */
function expectSameFormats(before: Op, after: Op, context: () => string): void {
  const [expected, found] = [elementFormats(before.type), elementFormats(after.type)];
  const isSame = expected.every((format, index) => sameValues(format, found[index]!));
  if (!isSame) expect.fail(`${before.id}: ${found.map(printFormat)}, was ${expected.map(printFormat)}\n${context()}`);
}

/** Name -> values in decimal text; formats of intermediate values may differ. */
function namedValues(program: Program, trace: ReadonlyMap<string, readonly bigint[]>): Map<string, string> {
  return new Map(
    namedOps(program).map(({ id, type }) => [
      id,
      trace
        .get(id)!
        .map((raw, index) => toDecimal(raw, fractionAt(type, index)))
        .join(' '),
    ]),
  );
}
