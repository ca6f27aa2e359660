/** The table of particles of a run: two rows a particle, the neutron calorimeter's and the proton calorimeter's. */
import type { RandomAccess } from '../../base/file-streams.js';
import { LineReader } from '../../data/line-reader.js';
import type { Calorimeter } from '../calorimeter.js';
import type { Species } from '../particles.js';
import type { ShowerProblems } from './problems.js';

export const exampleColumns = ['Detector', 'Pdg', 'Energy', 'Vx', 'Vy', 'Vz', 'Px', 'Py', 'Pz', 'PhotonSum'] as const;

const header = exampleColumns.join(',');
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2}|[eE]-\d{3})?$/;
const again = 'extract the run again';

/** What stands in each column. */
const cellKinds = exampleColumns.map((name) => {
  if (name === 'Detector') return { pattern: /^[NP]$/, what: 'N or P' };
  if (name === 'Pdg') return { pattern: /^[+-]?\d{1,10}$/, what: 'a particle code' };
  return { pattern: decimal, what: 'a number' };
});

/** A row of the table. */
export interface Example {
  /** Number of its line, from 1. */
  readonly line: number;
  /** Energy, vertex, momentum, mass, charge: see `conditions`. */
  readonly conditions: readonly number[];
  /** Photons of the calorimeter, to six significant digits. */
  readonly photonSum: number;
}

export type FindSpecies = (code: number) => Species | undefined;

/**
 * The rows of one calorimeter in order; rows with problems are told and left out.
 * @param source the file's name, for messages
 */
export function* readExamples(
  file: RandomAccess,
  source: string,
  { detector }: Calorimeter,
  find: FindSpecies,
  problems: ShowerProblems,
): Generator<Example> {
  const lines = new LineReader(file, source);
  if (!lines.next() || lines.text.trim() !== header) {
    const message = lines.line === 0 ? 'is empty' : `begins with "${excerpt(lines.text)}" where a row of names belongs`;
    problems.add('wrong-header', source, message, `the first line of such a table is ${header}`);
    return;
  }
  let blank: number | undefined;
  while (lines.next()) {
    const { text, line } = lines;
    // Blank lines may only end the file.
    if (text.trim() === '') {
      blank ??= line;
      continue;
    }
    if (blank !== undefined) problems.add('ragged-row', `${source}: line ${blank}`, 'is blank', again);
    blank = undefined;
    const example = parseRow(text, line, source, detector, find, problems);
    if (example !== undefined) yield example;
  }
}

/** Undefined: a row of the other calorimeter, or one with problems. */
function parseRow(
  text: string,
  line: number,
  source: string,
  detector: string,
  find: FindSpecies,
  problems: ShowerProblems,
): Example | undefined {
  const place = `${source}: line ${line}`;
  const cells = text.split(',').map((cell) => cell.trim());
  if (cells.length !== exampleColumns.length) {
    const message = `has ${cells.length} values where the header names ${exampleColumns.length}`;
    problems.add('ragged-row', place, message, again);
    return undefined;
  }
  let isWrong = false;
  for (const [index, { pattern, what }] of cellKinds.entries()) {
    if (pattern.test(cells[index]!)) continue;
    isWrong = true;
    const message = `${exampleColumns[index]}: found "${excerpt(cells[index]!)}" where ${what} belongs`;
    problems.add('not-a-number', place, message, again);
  }
  if (isWrong || cells[0] !== detector) return undefined;
  const [code, ...values] = cells.slice(1).map(Number) as [number, ...number[]];
  const species = find(code);
  if (species === undefined) {
    const message = `the particle code ${code} has no known mass and charge`;
    const hint = `say what it is: --species ${code}=MASS,CHARGE (MeV, e)`;
    // One row tells what a code needs: so every code is told, not the first one over and over.
    problems.add('unknown-particle', place, message, hint, String(code));
    return undefined;
  }
  const photonSum = values.pop()!;
  return { line, conditions: [...values, species.mass, species.charge], photonSum };
}

function excerpt(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}...`;
}
