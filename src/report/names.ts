/** Names as figures and tables show them: whatever the user wrote, made printable and short. */

const longest = 40;

/** Characters that XML cannot hold, and those that turn the direction of the text around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to find
const unprintable = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\p{Surrogate}/gu;

/** @param breaks what becomes of line breaks: a text of `lines` keeps them */
export function printable(text: string, breaks: 'none' | 'lines' = 'none'): string {
  return breaks === 'none'
    ? text.replace(unprintable, '\ufffd')
    : text
        .split('\n')
        .map((line) => line.replace(unprintable, '\ufffd'))
        .join('\n');
}

/** A text inside XML. */
export function xmlText(text: string): string {
  return printable(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** One label for each name: printable, at most 40 characters, and all different. */
export function labelsOf(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const label = shortened(printable(name));
    let free = label;
    for (let number = 2; taken.has(free); number++) free = `${label} (${number})`;
    taken.add(free);
    return free;
  });
}

function shortened(text: string): string {
  const characters = [...text];
  if (characters.length <= longest) return text;
  return [...characters.slice(0, longest - 12), '\u2026', ...characters.slice(-11)].join('');
}
