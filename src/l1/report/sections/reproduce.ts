/** Section: what is needed to get the same numbers again. */
import { basename } from 'node:path';
import type { Section } from '../../../report/report.js';
import { configHash, printConfig } from '../../config/print.js';
import type { RunFacts } from '../collect.js';

export function reproduceSection({ artefact, config, source }: RunFacts): Section {
  return {
    id: 'reproduce',
    title: 'How to reproduce',
    blocks: [
      {
        kind: 'text',
        text: 'Save the configuration below as run.yaml. The same configuration, seeds, versions and event files give the same artefact, byte for byte.',
      },
      {
        kind: 'code',
        text: `axoc train --config run.yaml --out run\naxoc report run/${basename(source)}`,
      },
      {
        kind: 'facts',
        rows: [
          ...Object.entries(artefact.versions).map(([name, version]) => [name, version] as const),
          ...Object.entries(artefact.seeds).map(([name, seed]) => [name.replaceAll('_', ' '), String(seed)] as const),
          ['Configuration, SHA-256', configHash(config)],
        ],
      },
      { kind: 'group', title: 'Configuration', blocks: [{ kind: 'code', text: printConfig(config, 'yaml') }] },
    ],
  };
}
