/** The checksum of an artefact: of every text and number that reading gives back, so not of the events that are copied into it. */
import { createHash } from 'node:crypto';
import type { Artefact } from './artefact.js';

/** SHA-256 in hexadecimal; the same whatever order the keys of a record have. */
export function digestOf(artefact: Artefact): string {
  return sha256(JSON.stringify(canonical(artefact)));
}

/** As JSON can hold it without loss. */
function canonical(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  // What UTF-8 cannot hold is replaced, as it is when it is stored.
  if (typeof value === 'string') return Buffer.from(value).toString();
  if (value instanceof Float32Array) return sha256(value);
  if (value instanceof Map || Array.isArray(value)) return Array.from(value, canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, part]) => [key, canonical(part)]);
}

function sha256(content: string | Float32Array): string {
  return createHash('sha256').update(content).digest('hex');
}
