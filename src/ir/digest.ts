/** The identity of a program. */
import { createHash } from 'node:crypto';
import type { Program } from './op.js';
import { printProgram } from './print.js';

/** SHA-256 of its text form, in hexadecimal: equal for the same operations, constants, types and ids, and only for them. */
export function programDigest(program: Program): string {
  return createHash('sha256').update(printProgram(program)).digest('hex');
}
