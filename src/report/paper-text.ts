/** Texts as the fonts of PDF and PNG can set them: these hold Greek, but no arrows, which names of decays have (H → γγ). */
import { printable } from './names.js';

const substitutes: Readonly<Record<string, string>> = {
  '\u2192': '->',
  '\u27f6': '->',
  '\u21d2': '=>',
  '\u2190': '<-',
  '\u2194': '<->',
  '\u2213': '-+',
};
const absent = new RegExp(`[${Object.keys(substitutes).join('')}]`, 'gu');

/** @param breaks as in `printable` */
export function paperText(text: string, breaks: 'none' | 'lines' = 'none'): string {
  return printable(text, breaks).replace(absent, (character) => substitutes[character]!);
}

/** The same inside the texts of a figure. */
export function paperFigure(svg: string): string {
  return svg.replace(absent, (character) => substitutes[character]!.replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
}
