/** Fills the templates of `templates/report`: everything is escaped, except what a template takes in three braces. */
import Handlebars from 'handlebars';
import { readPackageFile } from '../base/files.js';

const compiled = new Map<string, Handlebars.TemplateDelegate>();

/** Renders `templates/report/NAME.hbs`; a name the template uses and `view` lacks is an error. */
export function render(name: string, view: object): string {
  let template = compiled.get(name);
  if (template === undefined) {
    template = Handlebars.compile(readPackageFile(`templates/report/${name}.hbs`), {
      strict: true,
      knownHelpersOnly: true,
    });
    compiled.set(name, template);
  }
  return template(view);
}
