/** Texts as single words of a shell script, whatever they hold. */

/**
 * @example shellQuote("it's $HOME") // 'it'\''s $HOME'
 * @throws RangeError for a text with a zero byte, which no argument can hold
 */
export function shellQuote(text: string): string {
  if (text.includes('\0')) throw new RangeError('an argument with a zero byte');
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
