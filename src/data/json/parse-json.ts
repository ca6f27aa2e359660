/** `JSON.parse` with an error that says where the text stops being JSON, and why. */
import { internalError, userError } from '../../base/diagnostic.js';
import { findJsonMistake, type JsonMistake } from './mistake.js';

/** @throws AxocError (user) by line and column from 1 */
export function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw syntaxError(text, source);
  }
}

function syntaxError(text: string, source: string): Error {
  const mistake = findJsonMistake(text);
  return mistake === undefined ? unexplained(source) : mistakeError(text, mistake, source);
}

/** No text should lead here. */
export function unexplained(source: string): Error {
  return internalError(source, 'JSON.parse refuses a text in which no mistake was found');
}

/** @param start line and column, from 1, at which `text` begins */
export function mistakeError(
  text: string,
  { offset, expected }: JsonMistake,
  source: string,
  start = { line: 1, column: 1 },
): Error {
  const before = text.slice(0, offset);
  const lines = before.split('\n');
  const column = lines.at(-1)!.length + (lines.length === 1 ? start.column : 1);
  const place = `${source}: line ${start.line + lines.length - 1}, column ${column}`;
  const literal = /^-?(?:NaN|Infinity|inf\b)/i.exec(text.slice(offset, offset + 9))?.[0];
  if (literal !== undefined) {
    const message = `found ${literal}, but JSON has neither NaN nor Infinity`;
    return userError(
      'json-syntax',
      place,
      message,
      'find out where it comes from: a value that is not finite has no place in hardware',
    );
  }
  const found = offset < text.length ? JSON.stringify(String.fromCodePoint(text.codePointAt(offset)!)) : 'end of file';
  return userError(
    'json-syntax',
    place,
    `expected ${expected}, found ${found}`,
    'the file is not valid JSON: correct it',
  );
}
