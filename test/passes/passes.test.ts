import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { dropsMoreThanAll } from '../../src/fixed/cast.js';
import { isNamed, operandsOf, opsById, type Program } from '../../src/ir/op.js';
import { parseProgram } from '../../src/ir/parse.js';
import { printProgram } from '../../src/ir/print.js';
import { passes, runPasses } from '../../src/passes/passes.js';
import { everyOp } from '../ir/every-op.js';
import { elementFormats, randomProgram } from '../ir/random-program.js';
import { expectKept } from './helpers.js';

/** Programs of a seed; every failure names its program. */
function randomPrograms(seed: number, count: number): { program: Program; random: Random }[] {
  const random = Random.seeded(seed);
  return Array.from({ length: count }, () => ({ program: randomProgram(random), random }));
}

describe.each(passes)('$name, on random programs', ({ run }) => {
  it('keeps inputs, outputs and the value of every named operation', () => {
    for (const { program, random } of randomPrograms(20, 400)) expectKept(program, run(program), random, 6);
  });

  it('does nothing the second time', () => {
    for (const { program } of randomPrograms(21, 400)) {
      const once = run(program);
      expect(printProgram(run(once))).toBe(printProgram(once));
    }
  });

  it('leaves the program it was given as it was', () => {
    for (const { program } of randomPrograms(22, 100)) {
      const text = printProgram(program);
      run(program);
      expect(printProgram(program)).toBe(text);
    }
  });
});

describe('runPasses', () => {
  it('keeps inputs, outputs and the value of every named operation of random programs', () => {
    for (const { program, random } of randomPrograms(23, 600)) expectKept(program, runPasses(program), random, 6);
  });

  it('leaves nothing that is not needed, and no cast that public headers abort on', () => {
    for (const { program } of randomPrograms(24, 400)) {
      const after = runPasses(program);
      const ops = opsById(after);
      const used = new Set(after.ops.flatMap(operandsOf));
      for (const op of after.ops) {
        expect(isNamed(op) || used.has(op.id), `${op.id} of\n${printProgram(after)}`).toBe(true);
        if (op.kind !== 'cast') continue;
        const from = elementFormats(ops.get(op.operand)!.type);
        expect(elementFormats(op.type).some((to, index) => dropsMoreThanAll(from[index]!, to))).toBe(false);
      }
    }
  });

  it('tells its observer of every pass, in order, with the programs before and after it', () => {
    const program = parseProgram(everyOp, 'test.ir');
    const seen: string[] = [];
    const programs: Program[] = [];
    const result = runPasses(program, (pass, before, after) => {
      seen.push(pass.name);
      if (programs.length > 0) expect(before).toBe(programs.at(-1));
      else expect(before).toBe(program);
      programs.push(after);
    });
    expect(seen).toEqual(['fold-constants', 'narrow-formats', 'merge-casts', 'remove-dead', 'split-wide-casts']);
    expect(programs.at(-1)).toBe(result);
  });

  it('shrinks a program with every operation to what its ranges need', () => {
    const program = parseProgram(everyOp, 'test.ir');
    const wide = printProgram(program)
      .replace(/(= (?:add|multiply|square|dense|conv) .*: \[[\d, ]*\] ap_u?)(?:fixed|int)<[^>]*>/g, '$1fixed<40,20>')
      .replaceAll('ap_ufixed<40,20>', 'ap_fixed<40,20>');
    expect(wide.match(/ap_fixed<40,20>/g)).toHaveLength(5);
    const after = printProgram(runPasses(parseProgram(wide.replace(/^output.*/m, 'output found'), 'test.ir')));
    expect(after.match(/ap_fixed<40,20>/g)).toBeNull();
  });
});

describe('passes', () => {
  it('have names and one-sentence summaries', () => {
    for (const { name, summary } of passes) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(summary).toMatch(/^[a-z][^.\n]*$/);
    }
    expect(new Set(passes.map(({ name }) => name)).size).toBe(passes.length);
  });
});
