/** The ROOT macro that extracts what a simulation recorded, to be run where O2 is installed. */
import { calorimeters } from './calorimeter.js';
import { renderTemplate } from './executors/template.js';
import { exampleColumns } from './prepare/examples-file.js';
import { runFileNames } from './prepare/run-files.js';

/** ROOT calls the function that has the name of the file. */
const functionName = 'extract';

export const extractMacroFile = `${functionName}.C`;

/** C++; always the same. The files it writes are those that preparing reads. */
export function extractMacro(): string {
  const names = runFileNames('K');
  const prefixOf = (name: string): string => name.slice(0, name.indexOf('K.'));
  const image = (name: keyof typeof calorimeters, member: string) => {
    const { detector, particle, shape } = calorimeters[name];
    const file = names[particle];
    return { detector, particle, member, x: shape[0], y: shape[1], file, prefix: prefixOf(file) };
  };
  return renderTemplate('extract.C', {
    function: functionName,
    header: exampleColumns.join(','),
    names,
    prefixes: { examples: prefixOf(names.examples) },
    // The two members of the pair that the simulation stores.
    images: [image('ZN', 'first'), image('ZP', 'second')],
  });
}
