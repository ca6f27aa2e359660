/** What PDF and PNG show of characters that their fonts do not hold. */
import { describe, expect, it } from 'vitest';
import { paperFigure, paperText } from '../../src/report/paper-text.js';
import { pngOf } from '../../src/report/png.js';

describe('names of decays on paper', () => {
  it('have arrows of two characters, and keep their Greek', () => {
    expect(paperText('H\u2192\u03b3\u03b3')).toBe('H->\u03b3\u03b3');
    expect(paperText('a \u2194 b\nc', 'lines')).toBe('a <-> b\nc');
    expect(paperFigure('<text>K\u2190\u03c0</text>')).toBe('<text>K&lt;-\u03c0</text>');
  });

  it('are drawn as such in pictures', async () => {
    const svg = (text: string): string =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20"><text x="2" y="15" font-family="Roboto">${text}</text></svg>`;
    const [arrow, spelt] = [await pngOf(svg('\u03c4\u21923\u03bc')), await pngOf(svg('\u03c4-&gt;3\u03bc'))];
    expect(Buffer.from(arrow).equals(Buffer.from(spelt))).toBe(true);
  });
});
