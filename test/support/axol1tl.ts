/** The production networks of AXOL1TL with their events and official scores, from the shared data. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type DescribedNetwork, readFormat } from './description-oracle.js';

export const axol1tlVersions = ['v4', 'v6'] as const;
export type Axol1tlVersion = (typeof axol1tlVersions)[number];

export interface Axol1tl {
  readonly description: DescribedNetwork;
  /** Raw integers of the hardware type. */
  readonly events: readonly (readonly bigint[])[];
  /** Raw integers with 4 fraction bits, one an event. */
  readonly scores: readonly bigint[];
}

/** @param directory the shared data */
export function readAxol1tl(directory: string, version: Axol1tlVersion): Axol1tl {
  const text = (name: string): string => {
    const bytes = readFileSync(path.join(directory, 'axol1tl', name));
    return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  };
  const description = JSON.parse(text(`axol1tl-${version}.json`)) as DescribedNetwork;
  const { width, integer } = readFormat(description.hardware_format!);
  // (pt, eta, phi) by turns; pt counts halves.
  const rawOf = (count: number, column: number): bigint =>
    (BigInt(count) << BigInt(width - integer)) / (column % 3 === 0 ? 2n : 1n);
  return {
    description,
    events: (JSON.parse(text('events.json.gz')) as { events: number[][] }).events.map((event) => event.map(rawOf)),
    scores: (JSON.parse(text(`${version}-scores.json.gz`)) as number[]).map(BigInt),
  };
}
