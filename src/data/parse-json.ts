/** `JSON.parse` with an error that says where the text stops being JSON, and why. */
import { internalError, userError } from '../base/diagnostic.js';
import { findJsonMistake } from './json-mistake.js';

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
  if (mistake === undefined) return internalError(source, 'JSON.parse refuses a text in which no mistake was found');
  const { offset, expected } = mistake;
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const line = text.slice(0, offset).split('\n').length;
  const place = `${source}: line ${line}, column ${offset - lineStart + 1}`;
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
