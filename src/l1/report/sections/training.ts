/** Section: how the training went. */
import { type HistoryPanel, history } from '../../../report/plots/history.js';
import type { Block, Section } from '../../../report/report.js';
import type { RunFacts } from '../collect.js';
import { figure, plain } from './blocks.js';

export async function trainingSection({ artefact, config }: RunFacts): Promise<Section> {
  const { common } = config.train;
  const { lr_schedule, efficiency } = config.callback;
  const epochs = Math.max(0, ...[...artefact.history.values()].map(({ length }) => length));
  const blocks: Block[] = [
    {
      kind: 'facts',
      rows: [
        ['Epochs', `${epochs} of ${common.n_epochs}`],
        ['Batch', `${common.batch_size.toLocaleString('en-US')} events`],
        ['Optimiser', common.optimiser],
        ['Learning rate', `${plain(lr_schedule.initial_learning_rate)}, ${lr_schedule.name}`],
      ],
    },
  ];
  const panels = panelsOf(artefact.history, efficiency.rate);
  if (epochs === 0) blocks.push({ kind: 'missing', title: 'History', reason: 'The run has recorded no epoch.' });
  for (const [index, panel] of panels.entries())
    blocks.push(await figure(`history-${index + 1}`, panel.title, `After each of ${epochs} epochs.`, history(panel)));
  return { id: 'training', title: 'Training', blocks };
}

const validation = 'validation_';

/** The loss and each of its parts beside that of the test events; the learning rate; what is measured of the signals. */
function panelsOf(columns: ReadonlyMap<string, readonly number[]>, rate: number): readonly HistoryPanel[] {
  const names = [...columns.keys()].filter((name) => name !== 'epoch' && name !== 'step');
  const isMeasured = (name: string): boolean => name.includes('/');
  const losses = names.filter((name) => !isMeasured(name) && !name.startsWith(validation) && name !== 'learning_rate');
  const lossPanels = losses.map((name): HistoryPanel => {
    const test = columns.get(`${validation}${name}`);
    const series = [{ name: 'training', data: columns.get(name)! }];
    const all = test === undefined ? series : [...series, { name: 'test', data: test }];
    const values = all.flatMap(({ data }) => data).filter(Number.isFinite);
    const isWide = Math.min(...values) > 0 && Math.max(...values) > 10 * Math.min(...values);
    return { title: spoken(name), isLogarithmic: isWide, series: all };
  });
  const measuredPanels = [
    ['auc/', 'Area under the ROC curve'],
    ['efficiency/', `Efficiency at ${plain(rate)} kHz`],
  ].map(
    ([prefix, title]): HistoryPanel => ({
      title: title!,
      isLogarithmic: false,
      series: names
        .filter((name) => name.startsWith(prefix!))
        .map((name) => ({ name: name.slice(prefix!.length), data: columns.get(name)! })),
    }),
  );
  const learning = columns.get('learning_rate');
  const learningPanel = { title: 'Learning rate', isLogarithmic: false };
  return [
    ...lossPanels,
    ...measuredPanels.filter(({ series }) => series.length > 0),
    ...(learning === undefined ? [] : [{ ...learningPanel, series: [{ name: 'learning rate', data: learning }] }]),
  ];
}

function spoken(name: string): string {
  if (name === 'kld') return 'KL divergence';
  const words = name.replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
