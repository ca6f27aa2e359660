/** A report on paper: A4, text that can be searched, figures as vectors. */
import { join } from 'node:path';
import type { Content, TableCell } from 'pdfmake/interfaces.js';
import { packageFontDirectory } from './fonts.js';
import { faintInk, grid, ink } from './palette.js';
import { paperFigure, paperText } from './paper-text.js';
import type { Block, FigureBlock, Report, TableBlock } from './report.js';

/** Points: A4 less its margins. */
const textWidth = 515;
const textHeight = 740;
/** Points of paper for one pixel of a figure, unless the page is too narrow: lettering of 8 points, two or three figures a page. */
const figureScale = 0.72;
/** Two figures that follow each other stand side by side where each keeps this scale: lettering of 6.5 points. */
const leastScale = 0.58;
const columnGap = 12;

/** The same report gives the same bytes. */
export async function pdfOf({ title, subtitle, sections }: Report): Promise<Uint8Array> {
  const { default: pdfmake } = await import('pdfmake');
  const font = (file: string): string => join(packageFontDirectory(), file);
  pdfmake.setFonts({
    Roboto: {
      normal: font('Roboto-Regular.ttf'),
      bold: font('Roboto-Medium.ttf'),
      italics: font('Roboto-Italic.ttf'),
      bolditalics: font('Roboto-MediumItalic.ttf'),
    },
  });
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy((path) => path.startsWith(packageFontDirectory()));
  const document = pdfmake.createPdf({
    pageSize: 'A4',
    pageMargins: [40, 44, 40, 48],
    info: { title: paperText(title), creator: 'axoc', producer: 'axoc', creationDate: new Date(0) },
    defaultStyle: { font: 'Roboto', fontSize: 9, lineHeight: 1.2, color: ink.onLight },
    styles: {
      title: { fontSize: 19, bold: true },
      section: { fontSize: 14, bold: true, margin: [0, 14, 0, 6] },
      block: { fontSize: 10, bold: true, margin: [0, 6, 0, 3] },
      note: { fontSize: 8, color: faintInk.onLight },
      code: { fontSize: 7.5, preserveLeadingSpaces: true },
    },
    content: [
      { text: paperText(title), style: 'title' },
      { text: paperText(subtitle), color: faintInk.onLight, margin: [0, 2, 0, 4] },
      ...sections.flatMap((section): Content[] => [
        ...headed({ text: paperText(section.title), style: 'section' }, section.blocks[0]),
        ...blocksContent(section.blocks.slice(1)),
      ]),
    ],
    footer: (page, pages) => ({
      text: `${page} of ${pages}`,
      alignment: 'center',
      fontSize: 8,
      color: faintInk.onLight,
    }),
  });
  return document.getBuffer();
}

/** Narrow figures in pairs, everything else one below the other. */
function blocksContent(blocks: readonly Block[]): Content[] {
  const content: Content[] = [];
  for (let at = 0; at < blocks.length; at++) {
    const [block, next] = [blocks[at]!, blocks[at + 1]];
    if (block.kind === 'figure' && next?.kind === 'figure' && isNarrow(block) && isNarrow(next)) {
      content.push({
        unbreakable: true,
        columns: [figureContent(block, columnWidth), figureContent(next, columnWidth)],
        columnGap,
      });
      at++;
    } else content.push(...blockContent(block));
  }
  return content;
}

const columnWidth = (textWidth - columnGap) / 2;

function isNarrow({ svg }: FigureBlock): boolean {
  return sizeOf(svg).width * leastScale <= columnWidth;
}

function blockContent(block: Block): Content[] {
  switch (block.kind) {
    case 'text':
      return [{ text: paperText(block.text), margin: [0, 0, 0, 5] }];
    case 'notice':
      return [notice(block.text)];
    case 'code':
      return [{ text: paperText(block.text, 'lines'), style: 'code', margin: [0, 0, 0, 6] }];
    case 'facts':
      return [factsTable(block.rows)];
    case 'table':
      return tableContent(block);
    case 'figure':
      return [figureContent(block)];
    case 'missing':
      return [
        { text: paperText(block.title), style: 'block' },
        { text: paperText(block.reason), margin: [0, 0, 0, 6] },
      ];
    case 'group':
      return [
        ...headed({ text: paperText(block.title), style: 'block' }, block.blocks[0]),
        ...blocksContent(block.blocks.slice(1)),
      ];
  }
}

function notice(text: string): Content {
  return {
    table: { widths: ['*'], body: [[{ text: paperText(text), margin: [4, 3, 4, 3] }]] },
    layout: {
      hLineWidth: () => 0,
      vLineWidth: (line) => (line === 0 ? 3 : 0),
      vLineColor: () => '#d99a1c',
      fillColor: () => '#fff4dd',
    },
    margin: [0, 2, 0, 7],
  };
}

const thinLines = {
  hLineWidth: () => 0.5,
  vLineWidth: () => 0,
  hLineColor: () => grid.onLight,
  paddingLeft: () => 3,
  paddingRight: () => 3,
  paddingTop: () => 1.5,
  paddingBottom: () => 1.5,
};

function factsTable(rows: readonly (readonly [string, string])[]): Content {
  return {
    table: {
      widths: ['auto', '*'],
      body: rows.map(([name, value]) => [
        { text: paperText(name), color: faintInk.onLight },
        breakable(paperText(value)),
      ]),
    },
    layout: thinLines,
    margin: [0, 0, 0, 8],
  };
}

/** Many columns are set smaller, so that they stay on the page. */
function tableContent({ title, columns, rows, note }: TableBlock): Content[] {
  const head = columns.map(
    (column): TableCell => ({
      text: paperText(column.title),
      bold: true,
      alignment: column.isNumber ? 'right' : 'left',
    }),
  );
  const body = rows.map((row) =>
    row.map(
      ({ text }, column): TableCell => ({
        text: breakable(paperText(text)),
        alignment: columns[column]!.isNumber ? 'right' : 'left',
      }),
    ),
  );
  const content: Content[] = [
    { text: paperText(title), style: 'block' },
    {
      table: {
        headerRows: 1,
        dontBreakRows: true,
        widths: columns.map(() => 'auto'),
        body: [head, ...body],
      },
      layout: thinLines,
      fontSize: columns.length > 8 ? 7 : 8,
      margin: [0, 0, 0, note === '' ? 8 : 2],
    },
    ...(note === ''
      ? []
      : [{ text: paperText(note), style: 'note', margin: [0, 0, 0, 8] as [number, number, number, number] }]),
  ];
  return isKept({ rows }) ? kept(content) : content;
}

/** A table of more rows may go on on the next page. */
const mostKeptRows = 24;

function isKept({ rows }: Pick<TableBlock, 'rows'>): boolean {
  return rows.length <= mostKeptRows;
}

/** A heading does not stay alone at the foot of a page; what may be longer than one is not kept with it. */
function headed(heading: Content, first: Block | undefined): Content[] {
  const content = first === undefined ? [heading] : [heading, ...blockContent(first)];
  const isLong = first?.kind === 'code' || first?.kind === 'group' || (first?.kind === 'table' && !isKept(first));
  return isLong ? content : kept(content);
}

/** On one page. */
function kept(stack: Content[]): Content[] {
  return [{ stack, unbreakable: true }];
}

/** Words longer than a line of a cell may be broken anywhere. */
function breakable(text: string): string {
  return text.replace(/\S{24}(?=\S)/gu, '$&\u200b');
}

function figureContent({ title, caption, svg }: FigureBlock, mostWidth = textWidth): Content {
  const { width, height } = sizeOf(svg);
  const scale = Math.min(figureScale, mostWidth / width, (textHeight - 60) / height);
  return {
    unbreakable: true,
    stack: [
      { text: paperText(title), style: 'block' },
      { svg: paperFigure(svg), width: width * scale, alignment: 'center' },
      ...(caption === '' ? [] : [captionContent(caption)]),
    ],
  };
}

function captionContent(caption: string): Content {
  return { text: paperText(caption), style: 'note', margin: [0, 2, 0, 8] };
}

/** Pixels. */
function sizeOf(svg: string): { readonly width: number; readonly height: number } {
  return { width: Number(/ width="([\d.]+)"/.exec(svg)?.[1]), height: Number(/ height="([\d.]+)"/.exec(svg)?.[1]) };
}
