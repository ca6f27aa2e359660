/** Draws a plot as SVG: the same bytes for the same plot, no clock, no fonts of the machine. */
import { internalError } from '../base/diagnostic.js';
import { faintInk, fontFamily, fontSizes, grid, ink } from './palette.js';
import type { Drawn } from './plots/plot.js';

/** @param name of the figure, a plain identifier: what is defined inside is named after it, so that figures of one page do not mix */
export async function drawPlot(name: string, { spec }: Drawn): Promise<string> {
  const { compile } = await import('vega-lite');
  const { parse, View } = await import('vega');
  const problems: string[] = [];
  const note = (...texts: readonly unknown[]) => {
    problems.push(texts.map(String).join(' '));
    return logger;
  };
  const quiet = () => logger;
  const logger = { level: quiet, error: note, warn: note, info: quiet, debug: quiet };
  const compiled = compile({ ...spec, padding: 8, config: theme } as typeof spec, {
    logger: logger as never,
  });
  const view = new View(parse(compiled.spec), { renderer: 'none', logger: logger as never });
  const svg = await view.toSVG();
  view.finalize();
  if (problems.length > 0) throw internalError(`figure ${name}`, problems.join('; '));
  return withOwnNames(name, withoutIdle(svg));
}

const theme = {
  background: 'transparent',
  aria: false,
  font: fontFamily,
  view: { stroke: null },
  axis: {
    labelColor: ink.onLight,
    titleColor: ink.onLight,
    labelFontSize: fontSizes.label,
    titleFontSize: fontSizes.title,
    titleFontWeight: 'normal' as const,
    titlePadding: 8,
    labelLimit: 0,
    titleLimit: 0,
    gridColor: grid.onLight,
    domainColor: faintInk.onLight,
    tickColor: faintInk.onLight,
    tickSize: 4,
    labelOverlap: true,
  },
  legend: {
    labelColor: ink.onLight,
    titleColor: ink.onLight,
    labelFontSize: fontSizes.label,
    titleFontSize: fontSizes.title,
    titleFontWeight: 'normal' as const,
    labelLimit: 0,
    titleLimit: 0,
    symbolStrokeWidth: 2.2,
    rowPadding: 3,
  },
  text: { font: fontFamily },
};

/** Clip paths are numbered by vega over all figures of a process: here from 1, after the figure's name. */
function withOwnNames(name: string, svg: string): string {
  const numbers = new Map<string, string>();
  for (const [, id] of svg.matchAll(/<clipPath id="([^"]+)"/g)) numbers.set(id!, `${name}-clip${numbers.size + 1}`);
  return svg
    .replace(/(<clipPath id=")([^"]+)"/g, (_, start, id) => `${start}${numbers.get(id)}"`)
    .replace(/url\(#([^)]+)\)/g, (whole, id) => (numbers.has(id) ? `url(#${numbers.get(id)})` : whole));
}

/** Without what nobody sees: hidden labels, empty frames, the background, roles of groups. */
function withoutIdle(svg: string): string {
  return svg
    .replace(/<text[^>]* opacity="0"[^>]*>[^<]*<\/text>/g, '')
    .replace(/<path class="(?:foreground|background)"[^>]* d="(?:M0,0h0v0h0Z)?"[^>]*\/>/g, '')
    .replace(/<path class="[^"]*"[^>]* display="none"\/>/g, '')
    .replace(/<rect [^>]*fill="transparent"\/>/, '')
    .replace(/ (?:aria-[a-z]+|role|class|pointer-events)="[^"]*"/g, '')
    .replace(/ opacity="1"/g, '');
}
