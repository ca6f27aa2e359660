/** Where the fonts are that PDF and PNG are set in: they come with pdfmake, and hold Greek. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export function packageFontDirectory(): string {
  return join(dirname(createRequire(import.meta.url).resolve('pdfmake/package.json')), 'fonts', 'Roboto');
}
