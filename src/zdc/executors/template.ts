/** Fills the templates of `templates/zdc`: layout only, every decision is made and every word quoted before. */
import Handlebars from 'handlebars';
import { readPackageFile } from '../../base/files.js';

/** Renders `templates/zdc/NAME.hbs`; a name the template uses and `view` lacks is an error. */
export function renderTemplate(name: string, view: object): string {
  const options = { strict: true, noEscape: true, knownHelpersOnly: true };
  return Handlebars.compile(readPackageFile(`templates/zdc/${name}.hbs`), options)(view);
}
