/** Where and why a text is not JSON: `JSON.parse` does not say so in the same way on every version of Node. */

export interface JsonMistake {
  /** Index into the text of the first character that JSON does not allow. */
  readonly offset: number;
  /** What JSON allows there. */
  readonly expected: string;
}

const blank = /[ \t\r\n]*/y;
/** Characters from the space on, except the quote and the backslash; or an escape. */
const string = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** The grammar's states, named by what they expect. */
export type JsonState =
  | 'a value'
  | 'a value or "]"'
  | 'a key or "}"'
  | 'a key'
  | '":"'
  | '"," or "]"'
  | '"," or "}"'
  | 'nothing more';

/** A place between the tokens of a JSON text. */
export interface JsonContext {
  /** Arrays and objects that are open there, outermost first. */
  readonly open: readonly ('[' | '{')[];
  readonly state: JsonState;
}

/**
 * The first mistake in `text`; undefined when it is JSON. Takes no stack, however deep the text nests.
 * @param context where in a larger text this one begins
 */
export function findJsonMistake(
  text: string,
  context: JsonContext = { open: [], state: 'a value' },
): JsonMistake | undefined {
  const open = [...context.open];
  let state = context.state;
  let offset = endOf(blank, text, 0);
  const afterValue = (): JsonState => {
    const container = open.at(-1);
    if (container === undefined) return 'nothing more';
    return container === '[' ? '"," or "]"' : '"," or "}"';
  };
  while (offset < text.length) {
    const character = text[offset];
    const isValuePlace = state === 'a value' || state === 'a value or "]"';
    const isKeyPlace = state === 'a key' || state === 'a key or "}"';
    const isCloser =
      (character === ']' && (state === 'a value or "]"' || state === '"," or "]"')) ||
      (character === '}' && (state === 'a key or "}"' || state === '"," or "}"'));
    let end = offset + 1;
    if (isCloser) {
      open.pop();
      state = afterValue();
    } else if (isValuePlace && character === '[') {
      open.push('[');
      state = 'a value or "]"';
    } else if (isValuePlace && character === '{') {
      open.push('{');
      state = 'a key or "}"';
    } else if (isValuePlace) {
      end = endOf(character === '"' ? string : scalar, text, offset);
      if (end === offset) break;
      state = afterValue();
    } else if (isKeyPlace) {
      end = endOf(string, text, offset);
      if (end === offset) break;
      state = '":"';
    } else if (state === '":"' && character === ':') {
      state = 'a value';
    } else if (state === '"," or "]"' && character === ',') {
      state = 'a value';
    } else if (state === '"," or "}"' && character === ',') {
      state = 'a key';
    } else {
      break;
    }
    offset = endOf(blank, text, end);
  }
  return offset === text.length && state === 'nothing more' ? undefined : { offset, expected: state };
}

/** Where a match of the sticky `pattern` that starts at `offset` ends; `offset` itself when there is none. */
function endOf(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : offset;
}
