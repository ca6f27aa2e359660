/** A report as one page of HTML that needs nothing else: no network, no other file. */
import { createHash } from 'node:crypto';
import { readPackageFile } from '../base/files.js';
import { printable } from './names.js';
import { allColours } from './palette.js';
import { render } from './render.js';
import type { Block, Report, TableBlock } from './report.js';

/**
 * Nothing in the page can be loaded or run but what axoc wrote: its policy allows one script, by its digest. Names of the user's
 * are escaped besides.
 */
export function htmlOf({ title, subtitle, sections }: Report): string {
  const script = readPackageFile('templates/report/page.js');
  return render('page', {
    title: printable(title),
    subtitle: printable(subtitle),
    style: `${readPackageFile('templates/report/page.css')}\n${darkFigures()}`,
    script,
    scriptDigest: createHash('sha256').update(script).digest('base64'),
    sections: sections.map((section) => ({
      id: section.id,
      title: printable(section.title),
      blocks: section.blocks.map(blockHtml),
    })),
  });
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'text':
    case 'notice':
    case 'code':
      return render(block.kind, { text: printable(block.text, 'lines') });
    case 'facts':
      return render('facts', {
        rows: block.rows.map(([name, value]) => ({ name: printable(name), value: printable(value) })),
      });
    case 'table':
      return render('table', tableView(block));
    case 'figure':
      return render('figure', { ...block, title: printable(block.title), caption: printable(block.caption) });
    case 'missing':
      return render('missing', { title: printable(block.title), reason: printable(block.reason) });
    case 'group':
      return render('group', { title: printable(block.title), blocks: block.blocks.map(blockHtml) });
  }
}

/** A text among numbers comes last. */
const lowest = -1e308;

function tableView({ title, columns, rows, note }: TableBlock) {
  return {
    title: printable(title),
    note: printable(note),
    columns: columns.map((column) => ({ title: printable(column.title), kind: column.isNumber ? 'number' : 'text' })),
    rows: rows.map((row) =>
      row.map(({ text, sort }, column) => ({
        text: printable(text),
        sort: String(sort ?? (columns[column]!.isNumber ? lowest : printable(text))),
        kind: columns[column]!.isNumber ? 'number' : 'text',
      })),
    ),
  };
}

/** Figures are drawn in the colours of paper; on a dark page each is replaced by its counterpart. */
function darkFigures(): string {
  const rules = (where: string): string =>
    allColours
      .flatMap(({ onLight, onDark }) =>
        ['fill', 'stroke'].map((paint) => `${where} figure svg [${paint}="${onLight}"]{${paint}:${onDark}}`),
      )
      .join('\n');
  return `@media (prefers-color-scheme: dark) {\n${rules(':root:not([data-theme="light"])')}\n}\n${rules(':root[data-theme="dark"]')}`;
}
