/** A configuration as text that reads back to the same, and as a number that names it. */
import { createHash } from 'node:crypto';
import { Document, isScalar, visit } from 'yaml';
import type { Config } from './schema.js';

export type ConfigSyntax = 'yaml' | 'json';

export function printConfig(config: Config, syntax: ConfigSyntax): string {
  switch (syntax) {
    case 'yaml':
      return toYaml(config);
    case 'json':
      return `${JSON.stringify(config, null, 2)}\n`;
  }
}

/** Lists of plain values on one line. */
function toYaml(config: Config): string {
  const document = new Document(config, { aliasDuplicateObjects: false });
  visit(document, {
    Seq(_, list) {
      list.flow = list.items.every(isScalar);
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** SHA-256 in hexadecimal of a configuration or a part of it; the order of keys does not matter. */
export function configHash(config: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(config)))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
