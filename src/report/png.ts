/** An SVG figure as PNG, with the fonts that come along. */

import { join } from 'node:path';
import { packageFontDirectory } from './fonts.js';
import { paperFigure } from './paper-text.js';

/** @param scale pixels of the picture for one of the figure */
export async function pngOf(svg: string, scale = 2): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  const directory = packageFontDirectory();
  const picture = new Resvg(paperFigure(svg), {
    background: 'white',
    fitTo: { mode: 'zoom', value: scale },
    font: {
      fontFiles: ['Roboto-Regular.ttf', 'Roboto-Medium.ttf'].map((file) => join(directory, file)),
      loadSystemFonts: false,
      defaultFontFamily: 'Roboto',
    },
  });
  return picture.render().asPng();
}
