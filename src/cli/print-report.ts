/** Prints what a terminal can show of a report: notices, texts, tables. */
import { printable } from '../report/names.js';
import type { Block, Report } from '../report/report.js';
import { printLine, printNote, printTable } from './print.js';

export function printReport({ sections }: Report): void {
  for (const { blocks } of sections) for (const block of blocks) printBlock(block);
}

function printBlock(block: Block): void {
  switch (block.kind) {
    case 'notice':
      printNote(printable(block.text));
      return;
    case 'text':
      printLine(printable(block.text));
      return;
    case 'missing':
      printLine(`${block.title}: ${block.reason}\n`);
      return;
    case 'table': {
      const [, ...rest] = block.columns;
      const isNumbers = rest.some(({ isNumber }) => isNumber);
      printTable(
        [block.title, ...rest.map(({ title }) => title)].map((title) => printable(title)),
        block.rows.map((row) => row.map(({ text }) => printable(text))),
        isNumbers ? 1 : block.columns.length,
      );
      printLine();
      return;
    }
    case 'facts':
    case 'figure':
    case 'code':
    case 'group':
      return;
  }
}
