/** What has to be said of the test that a generator was put to: on whose word nothing of it was seen, and what baselines are. */

import type { Evaluation } from './evaluate.js';
import type { Unseen } from './options.js';

/** Sentences; none where the generator's own training says what it left out. */
export function testSaid({ options, record, source, others }: Evaluation): readonly string[] {
  const { unseen, showers: limit } = options;
  if (unseen === null) return [];
  return [
    `That the generator has seen none of the test is the caller's word (--unseen ${unseen}), not checked: ${
      record === undefined
        ? `it does not say what it was trained on (${source})`
        : 'it was trained on another file of showers'
    }.`,
    drawnSaid(unseen, others),
    ...(limit === null
      ? []
      : [`Of the test the first ${limit.toLocaleString('en-US')} showers are compared, at most.`]),
  ];
}

function drawnSaid(unseen: Unseen, others: number): string {
  if (others === 0)
    return 'There are no baselines: every shower of the file is test, which they must not draw from (--unseen showers keeps a half for them).';
  const rest = `the other ${others.toLocaleString('en-US')}, none of which is in the test`;
  switch (unseen) {
    case 'all':
    case 'showers':
      return `The test is a half of the showers; the baselines draw from ${rest}.`;
    case 'particles':
      return `The test is a half of the particles with all their showers; the baselines draw from ${rest}.`;
    default:
      return `The test is rows ${unseen} of the file; the baselines draw from ${rest}.`;
  }
}
