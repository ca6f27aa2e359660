/** The figure of a training: the loss and its parts after each epoch, of training and test showers. */
import { drawPlot } from '../../report/draw.js';
import { type HistoryPanel, history } from '../../report/plots/history.js';
import { isDrawn } from '../../report/plots/plot.js';
import { columnsOf, type EpochRecord } from '../../train/history.js';

const titles: readonly (readonly [quantity: string, title: string])[] = [
  ['loss', 'Loss'],
  ['reconstruction', 'Reconstruction'],
  ['kld', 'KL divergence'],
  ['channel_score', 'Score of channels'],
];

/** As SVG; undefined where no epoch has ended. */
export async function lossesFigure(records: readonly EpochRecord[]): Promise<string | undefined> {
  const columns = columnsOf(records);
  const specs = titles
    .map(([quantity, title]) => history(panelOf(columns, quantity, title)))
    .flatMap((plot) => (isDrawn(plot) ? [plot.spec] : []));
  if (specs.length === 0) return undefined;
  return drawPlot('losses', { spec: { hconcat: specs, spacing: 30 } as never });
}

function panelOf(columns: ReadonlyMap<string, Float64Array>, quantity: string, title: string): HistoryPanel {
  const series = [
    { name: 'training', data: columns.get(quantity) },
    { name: 'test', data: columns.get(`validation_${quantity}`) },
  ];
  return {
    title,
    isLogarithmic: false,
    series: series.flatMap(({ name, data }) => (data === undefined ? [] : [{ name, data: [...data] }])),
  };
}
