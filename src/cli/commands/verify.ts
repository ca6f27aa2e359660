/** `axoc verify`: every leg against the reference, all intermediates. */
import type { Command } from 'commander';
import { loadModel } from '../../compile/model.js';
import { verifyProgram } from '../../compile/verify-model.js';
import {
  givenEvents,
  type ModelFlags,
  modelOptions,
  type VerifyFlags,
  verifyOptions,
  withModelOptions,
  withVerifyOptions,
} from '../options.js';
import { printCount, printLine, printTable, printWarnings } from '../print.js';
import { printLegs, printSeen } from '../print-verification.js';

export function addVerify(program: Command): void {
  const command = program.command('verify').description('prove that every execution of a model agrees to the last bit');
  withVerifyOptions(withModelOptions(command)).action(async (path: string, flags: ModelFlags & VerifyFlags) => {
    const model = await loadModel(path, modelOptions(flags));
    printWarnings(model.warnings);
    const given = await givenEvents(flags, model.network);
    const verified = await verifyProgram(
      model.program,
      model.lowered.program,
      given?.vectors ?? [],
      verifyOptions(flags, model.program.name),
    );
    printTable(
      ['cast', 'modes', 'values', 'rounded', 'ties', 'out of range'],
      verified.all.map(({ id, modes, casts, rounds, ties, overflows }) => [
        id,
        modes,
        ...[casts, rounds, ties, overflows].map(printCount),
      ]),
      2,
    );
    printLine();
    printSeen(model.warnings, verified);
    printLegs(verified);
    printLine(`${model.program.name}: all legs agree, bit by bit`);
  });
}
