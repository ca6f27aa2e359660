/** The PDF: the same bytes every time, text that can be found again, figures as vectors. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { pdfOf } from '../../src/report/pdf.js';
import { sampleReport } from './sample.js';

const hasReader = spawnSync('pdftotext', ['-v']).status === 0;

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
    const directory = mkdtempSync(path.join(tmpdir(), 'axoc-pdf-'));
    try {
      const file = path.join(directory, 'report.pdf');
      writeFileSync(file, await pdfOf(await sampleReport()));
      const { stdout } = spawnSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
      for (const expected of ['<script>alert("1")</script>', 'Λ', 'Background efficiency', 'Anomaly score', 'line 2'])
        expect(stdout).toContain(expected);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
