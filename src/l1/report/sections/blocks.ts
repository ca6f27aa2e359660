/** What all sections are made of: figures that are drawn or missing, numbers as they are shown everywhere. */
import { drawPlot } from '../../../report/draw.js';
import { isDrawn, type Plot } from '../../../report/plots/plot.js';
import { type Block, type Cell, numberCell, textCell } from '../../../report/report.js';
import { limitWithout, type Rate } from '../../rates.js';
import { significant } from '../../significant.js';

/** Draws the plot, or says why there is none. */
export async function figure(name: string, title: string, caption: string, plot: Plot): Promise<Block> {
  if (!isDrawn(plot)) return { kind: 'missing', title, reason: plot.missing };
  return { kind: 'figure', name, title, caption, svg: await drawPlot(name, plot) };
}

/** 7,128 */
export const count = (value: number): string => value.toLocaleString('en-US');
/** A fraction in per cent: 12.34 */
export const percent = (value: number): string => (100 * value).toFixed(2);
/** kHz, and other measured numbers. */
export const measured = (value: number): string => significant(value, 4);
/** The error of one. */
export const uncertain = (value: number): string => significant(value, 2);
/** A threshold on the score. */
export const scoreText = (value: number): string => significant(value, 6);
export const area = (value: number): string => value.toFixed(4);

/** Without trailing zeros: 10, 0.15 */
export function plain(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** Stands below tables whose cells may hold a limit. */
export const limitNote = 'Where no event passes, or every one, the limit at 95 % confidence is given.';

/** An efficiency in per cent and its binomial error, which would be 0 where nothing or everything passes: there a limit stands instead. */
export function efficiencyCells(value: number, total: number | undefined): readonly [Cell, Cell] {
  if (total === undefined) return [numberCell(value, percent), numberCell(undefined, percent)];
  if (value === 0) return [{ text: `< ${percent(limitWithout(total))}`, sort: 0 }, textCell('95 %')];
  if (value === 1) return [{ text: `> ${percent(1 - limitWithout(total))}`, sort: 1 }, textCell('95 %')];
  return [numberCell(value, percent), numberCell(Math.sqrt((value * (1 - value)) / total), percent)];
}

/** An efficiency alone; absent where it is not known. */
export function shareCell(value: number | undefined, total: number | undefined): Cell {
  return value === undefined ? numberCell(undefined, percent) : efficiencyCells(value, total)[0];
}

/**
 * A rate and its error; without an event the error would be 0, and there is a limit instead.
 * @param limit kHz: upper limit on a rate without events
 */
export function rateCells(rate: Rate | undefined, limit: number): readonly [Cell, Cell] {
  if (rate?.events !== 0) return [numberCell(rate?.rate, measured), numberCell(rate?.error, uncertain)];
  return [{ text: `< ${uncertain(limit)}`, sort: 0 }, textCell('95 %')];
}
