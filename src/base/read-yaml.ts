/** YAML without its traps: no anchors, aliases, merge keys, tags or repeated keys; each is an error with line and column. */
import { isMap, isScalar, isSeq, LineCounter, type Node, type ParsedNode, parseDocument, visit } from 'yaml';
import { Problems, userError } from './diagnostic.js';

/** From the root to a key: names, and numbers in lists. */
export type KeyPath = readonly PropertyKey[];

export interface YamlText {
  /** Plain values; an empty text is null. */
  readonly value: unknown;
  /** `line 3, column 5`: where the key at the path stands, or the nearest that is there. */
  positionOf(path: KeyPath): string;
}

type Report = (offset: number | undefined, message: string, hint: string) => void;

/** @throws AxocError (user) with every mistake */
export function readYaml(text: string, source: string): YamlText {
  const lines = new LineCounter();
  const positionAt = (offset = 0): string => {
    const { line, col } = lines.linePos(offset);
    return `line ${Math.max(1, line)}, column ${Math.max(1, col)}`;
  };
  const problems = new Problems();
  const report: Report = (offset, message, hint) =>
    problems.add('config-syntax', `${source}: ${positionAt(offset)}`, message, hint);
  const document = parse(text, source, lines);
  for (const { code, message, pos } of document.errors) {
    if (code === 'MULTIPLE_DOCS') report(pos[0], 'a second document begins', 'a file holds one configuration');
    else report(pos[0], lowerFirst(message), 'correct the YAML there');
  }
  reportTraps(document.contents, report);
  problems.throwIfAny();
  return {
    value: document.toJS(),
    positionOf: (path) => positionAt(offsetOf(document.contents, path)),
  };
}

function parse(text: string, source: string, lineCounter: LineCounter) {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, merge: false, logLevel: 'error' });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw userError('config-syntax', source, 'lists nest too deep to be read', 'a configuration nests a few levels');
  }
}

function reportTraps(contents: Node | null, report: Report): void {
  if (contents === null) return;
  visit(contents, {
    Pair(_, { key }) {
      const offset = (key as ParsedNode | null)?.range?.[0];
      if (!isScalar(key)) report(offset, 'a key is a list or an object', 'keys are words');
      else if (key.value === '<<')
        report(offset, 'a merge key (<<)', 'write the keys out; nothing is merged inside a file');
    },
    Alias(_, { range, source }) {
      report(range?.[0], `an alias (*${source})`, 'write the value out');
    },
    Value(_, { range, anchor, tag }) {
      if (anchor !== undefined) report(range?.[0], `an anchor (&${anchor})`, 'leave it out; aliases are not read');
      if (tag !== undefined) report(range?.[0], `a tag (${tag})`, 'leave it out; kinds follow from the key');
    },
  });
}

/** Offset of the key that ends the path, or of the deepest that is there. */
function offsetOf(contents: Node | null, path: KeyPath): number | undefined {
  let node: unknown = contents;
  let offset = contents?.range?.[0];
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      offset = (pair?.key as ParsedNode | undefined)?.range?.[0] ?? offset;
      node = pair?.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      offset = (node as ParsedNode | undefined)?.range?.[0] ?? offset;
    }
  }
  return offset;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** `a.b[2].c`; the whole is "configuration". */
export function printPath(path: KeyPath): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? 'configuration' : text.replace(/^\./, '');
}
