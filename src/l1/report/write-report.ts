/** Writes the report of a run as a page, a PDF and pictures: whatever is asked for. */
import { join } from 'node:path';
import { writeFileWhole } from '../../base/files.js';
import { htmlOf } from '../../report/html.js';
import { pdfOf } from '../../report/pdf.js';
import { pngOf } from '../../report/png.js';
import { figuresOf, type Report } from '../../report/report.js';
import type { Config } from '../config/schema.js';
import type { TrainedRun } from '../run/train.js';
import { collectRun } from './collect.js';
import type { RunFiles } from './run-files.js';
import { runReport } from './run-report.js';

export interface ReportTargets {
  readonly html?: string;
  readonly pdf?: string;
  /** Directory: one picture a figure. */
  readonly png?: string;
}

/** @returns the files written */
export async function writeRunReport(files: RunFiles, targets: ReportTargets): Promise<readonly string[]> {
  return writeReport(await runReport(await collectRun(files)), targets);
}

/** What the configuration asks for at the end of a run. */
export async function writeConfiguredReports(
  { lite, complete, data }: TrainedRun,
  { html_report, pdf_report }: Config['report'],
  firmware: string | null,
): Promise<readonly string[]> {
  const targets = {
    ...(html_report.generate ? { html: html_report.path } : {}),
    ...(pdf_report.generate ? { pdf: pdf_report.path } : {}),
  };
  if (Object.keys(targets).length === 0) return [];
  const manifests = firmware === null ? [] : [join(firmware, 'manifest.json')];
  return writeRunReport({ artefact: complete ?? lite, data: { path: data, group: '' }, manifests }, targets);
}

export async function writeReport(report: Report, { html, pdf, png }: ReportTargets): Promise<readonly string[]> {
  // All is made before anything is written: files of an earlier report stay when one cannot be made.
  const made: (readonly [path: string, content: string | Uint8Array])[] = [];
  if (html !== undefined) made.push([html, htmlOf(report)]);
  if (pdf !== undefined) made.push([pdf, await pdfOf(report)]);
  if (png !== undefined)
    for (const { name, svg } of figuresOf(report)) made.push([join(png, `${name}.png`), await pngOf(svg)]);
  for (const [path, content] of made) writeFileWhole(path, content);
  return made.map(([path]) => path);
}
