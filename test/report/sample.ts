/** A small report with every kind of block, and names as hostile as a user's can be. */
import { drawPlot } from '../../src/report/draw.js';
import { drawModel } from '../../src/report/model-drawing.js';
import { isDrawn } from '../../src/report/plots/plot.js';
import { numberCell, type Report, textCell } from '../../src/report/report.js';
import { hostile, names, samplePlots } from './plot-samples.js';

export async function sampleReport(): Promise<Report> {
  const figures = await Promise.all(
    Object.entries(samplePlots()).map(async ([name, plot]) => {
      if (!isDrawn(plot)) throw new Error(plot.missing);
      return {
        kind: 'figure' as const,
        name,
        title: `${name} ${hostile}`,
        caption: hostile,
        svg: await drawPlot(name, plot),
      };
    }),
  );
  const stage = { name: hostile, kind: 'layer' as const, does: hostile.repeat(5), types: [hostile], reads: [] };
  return {
    title: `Report ${hostile}`,
    subtitle: hostile,
    sections: [
      {
        id: 'first',
        title: `Λ ${hostile}`,
        blocks: [
          { kind: 'text', text: hostile },
          { kind: 'notice', text: hostile },
          {
            kind: 'facts',
            rows: [
              [hostile, hostile],
              ['long', 'x'.repeat(300)],
            ],
          },
          {
            kind: 'table',
            title: hostile,
            columns: [
              { title: hostile, isNumber: false },
              { title: 'Value', isNumber: true },
            ],
            rows: [
              ...names.map((name, index) => [textCell(name), numberCell((index * 7) % 5, (value) => value.toFixed(1))]),
              [textCell('nothing'), numberCell(undefined, String)],
            ],
            note: hostile,
          },
          { kind: 'missing', title: hostile, reason: hostile },
          { kind: 'code', text: `line 1 ${hostile}\n  line 2 </pre></script>` },
        ],
      },
      {
        id: 'figures',
        title: 'Figures',
        blocks: [
          ...figures,
          { kind: 'figure', name: 'model', title: 'Model', caption: '', svg: drawModel([stage, stage]) },
          { kind: 'group', title: hostile, blocks: [{ kind: 'text', text: hostile }] },
        ],
      },
    ],
  };
}
