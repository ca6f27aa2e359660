/** The grammar of score expressions, which is that of mathjs: its parser, and texts with other names in them. */
import { createRequire } from 'node:module';
import type {
  AccessorNode,
  BigNumber,
  ConstantNode,
  FunctionNode,
  MathNode,
  OperatorNode,
  ParenthesisNode,
  SymbolNode,
} from 'mathjs';
import { userError } from '../../base/diagnostic.js';

/** Characters at most: longer ones could fill the stack of the parser. */
const longestText = 1000;

type Parser = (text: string) => MathNode;

let parser: Parser | undefined;

/** What the one file for browsers gives; its `create` takes a configuration alone. */
interface Library {
  create(configuration: { readonly number: 'BigNumber' }): { parse(text: string): MathNode };
}

/** The parser is loaded when it is first needed, as one file: the separate files take ten times as long. */
function parserOf(): Parser {
  if (parser === undefined) {
    const library = createRequire(import.meta.url)('mathjs/lib/browser/math.js') as Library;
    // Numbers keep all their digits.
    const math = library.create({ number: 'BigNumber' });
    parser = (text) => math.parse(text);
  }
  return parser;
}

/** @throws AxocError (user) when the text is no expression */
export function parseExpression(text: string, place: string): Written {
  if (text.length > longestText)
    throw userError(
      'bad-score',
      place,
      `the expression has ${text.length} characters, ${longestText} are read`,
      'compute parts of it in layers of the network',
    );
  try {
    return writtenOf(parserOf()(text));
  } catch (error) {
    throw userError(
      'bad-score',
      place,
      `"${text}" is no expression: ${(error as Error).message}`,
      'write it as "sum(mu^2)", "max(abs(mu))" or "0.5*mu[0] - mu[1]"',
    );
  }
}

/** A parsed expression, parentheses gone; `text` is what it says. */
export type Written = { readonly text: string } & (
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'operation'; readonly operator: string; readonly operands: readonly Written[] }
  /** Two factors and no sign between them. */
  | { readonly kind: 'juxtaposition'; readonly operands: readonly Written[] }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Written[] }
  /** What stands in the brackets, once for each axis. */
  | { readonly kind: 'element'; readonly of: Written; readonly indices: readonly Written[] }
  | { readonly kind: 'property' | 'other' }
);

function writtenOf(node: MathNode): Written {
  if (node.type === 'ParenthesisNode') return writtenOf((node as ParenthesisNode).content);
  const text = printExpression(node);
  const name = nameOf(node);
  if (name !== undefined) return { kind: 'name', name, text };
  const digits = digitsOf(node);
  if (digits !== undefined) return { kind: 'number', digits, text };
  switch (node.type) {
    case 'OperatorNode': {
      const { op: operator, args, implicit } = node as OperatorNode;
      const operands = args.map(writtenOf);
      return implicit ? { kind: 'juxtaposition', operands, text } : { kind: 'operation', operator, operands, text };
    }
    case 'FunctionNode': {
      const { fn, args } = node as FunctionNode;
      return { kind: 'call', name: `${fn}`, operands: args.map(writtenOf), text };
    }
    case 'AccessorNode': {
      const { object, index } = node as AccessorNode;
      if ((index as unknown as { dotNotation: boolean }).dotNotation) return { kind: 'property', text };
      return { kind: 'element', of: writtenOf(object), indices: index.dimensions.map(writtenOf), text };
    }
    default:
      return { kind: 'other', text };
  }
}

/** A name stands as it is, or in quotes. */
function nameOf(node: MathNode): string | undefined {
  if (node.type === 'SymbolNode') return (node as SymbolNode).name;
  const value = node.type === 'ConstantNode' ? (node as ConstantNode).value : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** All decimal digits of a number. */
function digitsOf(node: MathNode): string | undefined {
  const value: unknown = node.type === 'ConstantNode' ? (node as ConstantNode).value : undefined;
  if (typeof value === 'number') return String(value);
  return isBigNumber(value) ? value.toFixed() : undefined;
}

function isBigNumber(value: unknown): value is BigNumber {
  return typeof (value as BigNumber | null | undefined)?.toFixed === 'function';
}

/** An expression as text. The printer of mathjs alone would round numbers to 64 digits. */
function printExpression(node: MathNode): string {
  return node.toString({ handler: digitsOf });
}

/** The same expression with other names; one that is no plain word is put in quotes. */
export function renamedExpression(text: string, rename: (written: string) => string): string {
  const renamed = parserOf()(text).transform((node: MathNode, path: string) => {
    const written = path === 'fn' ? undefined : nameOf(node);
    return written === undefined ? node : nameNode(rename(written));
  });
  return printExpression(renamed);
}

function nameNode(name: string): MathNode {
  const parse = parserOf();
  const isPlain = /^[A-Za-z_]\w*$/.test(name) && isSymbol(parse, name);
  return parse(isPlain ? name : JSON.stringify(name));
}

/** Words such as `mod` and `true` are no names. */
function isSymbol(parse: Parser, word: string): boolean {
  try {
    return parse(word).type === 'SymbolNode';
  } catch {
    return false;
  }
}
