/** What commands print: results to stdout, everything about them to stderr. */
import Table from 'cli-table3';
import pc from 'picocolors';
import { AxocError, type Diagnostic, exitCode, formatDiagnostic } from '../base/diagnostic.js';

const colours = pc.createColors(process.stderr.isTTY === true && process.env.NO_COLOR === undefined);

export function printLine(text = ''): void {
  process.stdout.write(`${text}\n`);
}

export function printNote(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function printWarnings(warnings: readonly Diagnostic[]): void {
  for (const warning of warnings) process.stderr.write(`${colours.yellow(formatDiagnostic('warning', warning))}\n`);
}

/** Prints an error as its diagnostics, and gives the exit code it stands for. A stack trace is for defects only. */
export function printError(error: unknown): number {
  if (error instanceof AxocError) {
    for (const diagnostic of error.diagnostics)
      process.stderr.write(`${colours.red(formatDiagnostic('error', diagnostic))}\n`);
    return exitCode[error.kind];
  }
  process.stderr.write(
    `${colours.red('error[internal]: this is a defect of axoc: please report it with the command and its input')}\n`,
  );
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return exitCode.internal;
}

/** A plain table: columns aligned, no lines, readable when piped. */
export function printTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  rightFrom = head.length,
): void {
  const none = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: '  ',
  };
  const table = new Table({
    head: [...head],
    chars: none,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: head.map((_, column) => (column >= rightFrom ? 'right' : 'left')),
  });
  table.push(...rows.map((row) => [...row]));
  for (const line of table.toString().split('\n')) printLine(line.trimEnd());
}

/** 7,128 */
export function printCount(count: number): string {
  return count.toLocaleString('en-US');
}
