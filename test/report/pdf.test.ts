/** The PDF: the same bytes every time, text that can be found again, figures as vectors. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { pdfOf } from '../../src/report/pdf.js';
import type { Report } from '../../src/report/report.js';
import { sampleReport } from './sample.js';

const hasReader = spawnSync('pdftotext', ['-v']).status === 0;

/** The text of each page, as a reader finds it. */
async function pagesOf(report: Report): Promise<readonly string[]> {
  const directory = mkdtempSync(path.join(tmpdir(), 'axoc-pdf-'));
  try {
    const file = path.join(directory, 'report.pdf');
    writeFileSync(file, await pdfOf(report));
    const { stdout } = spawnSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
    return stdout.split('\f').slice(0, -1);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

describe('the PDF', () => {
  it('is the same every time, of several pages, without pictures of points', async () => {
    const pdf = Buffer.from(await pdfOf(await sampleReport()));
    expect(Buffer.from(await pdfOf(await sampleReport())).equals(pdf)).toBe(true);
    const text = pdf.toString('latin1');
    expect(text.slice(0, 5)).toBe('%PDF-');
    expect(text.match(/\/Type \/Page\b/g)!.length).toBeGreaterThan(2);
    expect(text).not.toContain('/Subtype /Image');
    expect(text).toContain('(D:19700101');
  });

  it.skipIf(!hasReader)('its text can be searched, Greek too (skipped where pdftotext is not installed)', async () => {
    const text = (await pagesOf(await sampleReport())).join('\n');
    for (const expected of ['<script>alert("1")</script>', 'Λ', 'Background efficiency', 'Anomaly score', 'line 2'])
      expect(text).toContain(expected);
  });

  it.skipIf(!hasReader)('a listing longer than a page is there to its last line (skipped likewise)', async () => {
    const lines = Array.from({ length: 300 }, (_, line) => `key ${line}`);
    const group = {
      kind: 'group',
      title: 'Configuration',
      blocks: [{ kind: 'code', text: lines.join('\n') }],
    } as const;
    const report = { title: 'Long', subtitle: '', sections: [{ id: 'one', title: 'One', blocks: [group] }] };
    const pages = await pagesOf(report);
    expect(pages.join('\n').match(/key \d+/g)).toEqual(lines);
    expect(pages.filter((page) => page.trim().length < 100)).toEqual([]);
  });
});
