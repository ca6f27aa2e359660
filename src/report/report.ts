/** What a report is: sections of texts, tables and figures, from which the page and the PDF are made alike. */

export interface Report {
  readonly title: string;
  readonly subtitle: string;
  readonly sections: readonly Section[];
}

export interface Section {
  /** Plain identifier, for links. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface Column {
  readonly title: string;
  /** Numbers are set flush right and sorted by their value. */
  readonly isNumber: boolean;
}

export interface Cell {
  readonly text: string;
  /** What the column is sorted by; absent: the text. */
  readonly sort?: number;
}

export interface TableBlock {
  readonly kind: 'table';
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Stands below. */
  readonly note: string;
}

export interface FigureBlock {
  readonly kind: 'figure';
  /** Plain identifier, one of its own: the name of the file when it is saved. */
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  readonly svg: string;
}

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  /** Something the reader must not miss. */
  | { readonly kind: 'notice'; readonly text: string }
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [name: string, value: string])[] }
  | TableBlock
  | FigureBlock
  /** Where a figure would be, why there is none. */
  | { readonly kind: 'missing'; readonly title: string; readonly reason: string }
  | { readonly kind: 'code'; readonly text: string }
  /** Details: folded on the page. */
  | { readonly kind: 'group'; readonly title: string; readonly blocks: readonly Block[] };

/** All figures, those in groups too, in order. */
export function figuresOf({ sections }: Report): readonly FigureBlock[] {
  const within = (blocks: readonly Block[]): readonly FigureBlock[] =>
    blocks.flatMap((block) => {
      if (block.kind === 'figure') return [block];
      return block.kind === 'group' ? within(block.blocks) : [];
    });
  return sections.flatMap(({ blocks }) => within(blocks));
}

export function textCell(text: string): Cell {
  return { text };
}

/** A number as `text` shows it; undefined, or not finite: a dash, sorted below all. */
export function numberCell(value: number | undefined, text: (value: number) => string): Cell {
  return value === undefined || !Number.isFinite(value)
    ? { text: '\u2013', sort: -1e308 }
    : { text: text(value), sort: value };
}
