/** The passes in the order they run, each with the reason for its place. */
import type { Program } from '../ir/op.js';
import { checkProgram } from '../ir/verify.js';
import { foldConstants } from './fold-constants.js';
import { mergeCasts } from './merge-casts.js';
import { narrowFormats } from './narrow-formats.js';
import { removeDead } from './remove-dead.js';
import { splitWideCasts } from './split-wide-casts.js';

/** A pass keeps the value of every named operation, and the types of inputs and outputs. */
export interface Pass {
  readonly name: string;
  /** One sentence for users. */
  readonly summary: string;
  readonly run: (program: Program) => Program;
}

export const passes: readonly Pass[] = [
  { name: 'fold-constants', summary: 'values that are proved to be one number become constants', run: foldConstants }, // first: constants sharpen what follows
  { name: 'narrow-formats', summary: 'widths shrink to the proven intervals', run: narrowFormats }, // casts that lose nothing now have the type of their operand
  { name: 'merge-casts', summary: 'casts that change nothing go, casts of casts join', run: mergeCasts }, // sees the narrowed types
  { name: 'remove-dead', summary: 'what nothing needs goes', run: removeDead }, // after the passes that leave operations without users
  { name: 'split-wide-casts', summary: 'no cast drops more bits than its source has', run: splitWideCasts }, // last: nothing may join what it has split
];

/** Called after each pass with the program before and after it. */
export type PassObserver = (pass: Pass, before: Program, after: Program) => void;

/** Runs all passes; the verifier runs after each. */
export function runPasses(program: Program, observe: PassObserver = () => {}): Program {
  return passes.reduce((before, pass) => {
    const after = pass.run(before);
    checkProgram(after, 'internal', `after pass ${pass.name}`);
    observe(pass, before, after);
    return after;
  }, program);
}
