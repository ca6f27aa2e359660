/** Reproducers: a mismatch as one small file - the program, the vector, the two numbers - that `axoc replay` runs. */
import { userError } from '../base/diagnostic.js';
import { holdsRaw } from '../fixed/format.js';
import type { Program } from '../ir/op.js';
import { parseProgram } from '../ir/parse.js';
import { printProgram } from '../ir/print.js';
import { checkProgram } from '../ir/verify.js';
import type { Mismatch } from './compare.js';
import { inputFormats, type Vector } from './vectors.js';

const header = '# axoc reproducer 1';

export interface Reproducer {
  /** The program as lowered. */
  readonly program: Program;
  readonly vectors: readonly Vector[];
}

/**
 * ```
 * # axoc reproducer 1
 * # leg hls: relu3[4] is 0.25, the reference gives 0.5
 * vector 12 -3 0
 * program demo
 * ...
 * ```
 * @param vectors all that it takes to show the mismatch, where one alone does not
 */
export function printReproducer(
  program: Program,
  mismatch: Mismatch,
  vectors: readonly Vector[] = [mismatch.vector],
): string {
  return [
    header,
    `# leg ${mismatch.leg}: ${mismatch.value}[${mismatch.element}] is ${mismatch.found}, the reference gives ${mismatch.expected}`,
    ...vectors.map((vector) => `vector ${vector.join(' ')}`),
    printProgram(program),
  ].join('\n');
}

/** @throws AxocError (user) for a file that is none, and for a program or vector that is not legal */
export function parseReproducer(text: string, source: string): Reproducer {
  const lines = text.split('\n');
  if (lines[0]?.trim() !== header)
    throw userError(
      'not-a-reproducer',
      source,
      `the first line is not "${header}"`,
      'give a file that a mismatch has written',
    );
  const isVector = (line: string): boolean => /^\s*vector\b/.test(line);
  // Vectors become blank lines, so that line numbers in messages stay those of the file.
  const program = parseProgram(lines.map((line) => (isVector(line) ? '' : line)).join('\n'), source);
  checkProgram(program, 'user', source);
  const vectors = lines.flatMap((line, index) =>
    isVector(line) ? [parseVector(line, `${source}:${index + 1}`, program)] : [],
  );
  if (vectors.length === 0)
    throw userError('bad-vector', source, 'there is no vector', 'add a line "vector RAW RAW ..."');
  return { program, vectors };
}

function parseVector(line: string, place: string, program: Program): Vector {
  const words = line.trim().split(/\s+/).slice(1);
  const formats = inputFormats(program);
  if (words.length !== formats.length)
    throw userError(
      'bad-vector',
      place,
      `${words.length} numbers for ${formats.length} inputs`,
      'give one raw integer for each input',
    );
  return words.map((word, index) => {
    const raw = /^-?\d+$/.test(word) ? BigInt(word) : undefined;
    if (raw === undefined || !holdsRaw(formats[index]!, raw))
      throw userError(
        'bad-vector',
        place,
        `"${word}" is not a raw integer of input ${index}`,
        'raw integers lie in the range of the input type',
      );
    return raw;
  });
}
