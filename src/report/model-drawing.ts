/** A drawing of a model: its stages from the inputs to the score, each with its shape and types. */
import { xmlText } from './names.js';
import { faintInk, fill, fontFamily, fontSizes, ink, series } from './palette.js';

export interface Stage {
  readonly name: string;
  readonly kind: 'input' | 'layer' | 'score';
  /** What it does: `dense 57 to 24`. */
  readonly does: string;
  /** Lines below: types of weights, of results. */
  readonly types: readonly string[];
  /** Stages it reads, when they are not the one before. */
  readonly reads: readonly string[];
}

const [width, margin, gap, lineHeight] = [460, 12, 22, 16];

/** The stages from top to bottom, an arrow between those that follow each other. */
export function drawModel(stages: readonly Stage[]): string {
  const boxes: string[] = [];
  let y = margin;
  for (const [index, stage] of stages.entries()) {
    const lines = linesOf(stage);
    const height = 14 + lineHeight * lines.length;
    const isFollowing = index > 0 && stage.reads.length === 0;
    if (isFollowing) boxes.push(arrow(y - gap, y));
    boxes.push(box(stage, lines, y, height));
    y += height + gap;
  }
  const height = y - gap + margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${fontFamily}">`,
    ...boxes,
    '</svg>',
  ].join('');
}

interface Line {
  readonly text: string;
  readonly isStrong: boolean;
}

function linesOf({ name, does, types, reads }: Stage): readonly Line[] {
  const from = reads.length === 0 ? [] : [{ text: `reads ${reads.join(', ')}`, isStrong: false }];
  return [{ text: `${name}: ${does}`, isStrong: true }, ...from, ...types.map((text) => ({ text, isStrong: false }))];
}

function box({ kind }: Stage, lines: readonly Line[], y: number, height: number): string {
  const colour = kind === 'layer' ? series[0]! : kind === 'input' ? faintInk : series[1]!;
  const frame =
    `<rect x="${margin}" y="${y}" width="${width - 2 * margin}" height="${height}" rx="6" fill="${fill.onLight}"/>` +
    `<rect x="${margin}" y="${y}" width="5" height="${height}" rx="2.5" fill="${colour.onLight}"/>`;
  const texts = lines.map(({ text, isStrong }, line) => {
    const [size, paint] = isStrong ? [fontSizes.title, ink.onLight] : [fontSizes.label, faintInk.onLight];
    return `<text x="${margin + 16}" y="${y + 18 + lineHeight * line}" font-size="${size}px" fill="${paint}"${isStrong ? ' font-weight="bold"' : ''}>${xmlText(fitted(text))}</text>`;
  });
  return frame + texts.join('');
}

/** As long as the box is wide. */
function fitted(text: string): string {
  const characters = [...text];
  const longest = 68;
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}\u2026`;
}

function arrow(from: number, to: number): string {
  const x = width / 2;
  const paint = `stroke="${faintInk.onLight}" stroke-width="1.4" fill="none"`;
  return `<path d="M${x},${from + 3}V${to - 3}M${x - 4},${to - 8}L${x},${to - 3}L${x + 4},${to - 8}" ${paint}/>`;
}
