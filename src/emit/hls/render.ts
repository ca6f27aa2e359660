/** Fills the templates of `templates/hls`: layout only, every decision is made before. */
import Handlebars from 'handlebars';
import { readPackageFile } from '../../base/files.js';

const compiled = new Map<string, Handlebars.TemplateDelegate>();

/** Renders `templates/hls/NAME.hbs`; a name the template uses and `view` lacks is an error. */
export function render(name: string, view: object): string {
  let template = compiled.get(name);
  if (template === undefined) {
    template = Handlebars.compile(readPackageFile(`templates/hls/${name}.hbs`), {
      strict: true,
      noEscape: true,
      knownHelpersOnly: true,
    });
    compiled.set(name, template);
  }
  return template(view);
}
