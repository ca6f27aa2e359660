/** The firmware project beside a run: shown when it is of the run's network, told when it is not; what synthesis has estimated. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeLite } from '../../../src/artefact/write-artefact.js';
import { emitModel } from '../../../src/compile/emit-model.js';
import { loadModel } from '../../../src/compile/model.js';
import { defaultHlsOptions } from '../../../src/emit/hls/project.js';
import { collectRun } from '../../../src/l1/report/collect.js';
import { findRunFiles } from '../../../src/l1/report/run-files.js';
import { runReport } from '../../../src/l1/report/run-report.js';
import { synthesisEstimateOf } from '../../../src/l1/report/synthesis-estimate.js';
import { defaultPrecision } from '../../../src/network/precision.js';
import type { Report } from '../../../src/report/report.js';
import { rowsOf, textsOf, trainSampleRun } from './sample-run.js';

const directory = mkdtempSync(path.join(tmpdir(), 'axoc-firmware-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const at = (name: string): string => path.join(directory, name);

const precision = { precision: defaultPrecision, checkEachPass: false };

async function emit(artefact: string, out: string): Promise<void> {
  const options = {
    out,
    hls: defaultHlsOptions,
    directed: 8,
    seed: 1,
    without: ['hls', 'hls-vendor', 'onnx'] as const,
    reproducer: at('mismatch.txt'),
  };
  await emitModel(await loadModel(artefact, precision), [], options);
}

/** The report without events: what is asked here does not depend on them. */
async function reportOf(run: string): Promise<Report> {
  const { artefact, manifests } = await findRunFiles(run);
  return runReport(await collectRun({ artefact, manifests }));
}

beforeAll(async () => {
  await trainSampleRun(directory);
  await emit(at('run/lite.h5'), at('run/firmware'));
});

describe('the project beside a run', () => {
  it('is shown, with what has been verified', async () => {
    const report = await reportOf(at('run'));
    expect(rowsOf(report, 'Verification').map(([leg, , , mismatches]) => [leg, mismatches])).toEqual([
      ['interpreter', '0'],
      ['wasm', '0'],
    ]);
    expect(textsOf(report).join('\n')).not.toContain('is not of this network');
    expect(textsOf(report).join('\n')).toContain('The project has not been synthesised');
  });

  it('is told as stale when one weight is another, and found among others when there are several', async () => {
    const { artefact } = await collectRun(await findRunFiles(at('run')));
    const { trimmedEncoder } = artefact;
    const layers = trimmedEncoder.layers.map((layer, index) =>
      index === 0 && layer.kind === 'dense'
        ? { ...layer, weights: layer.weights.map((row, at) => (at === 0 ? [0.25, ...row.slice(1)] : row)) }
        : layer,
    );
    mkdirSync(at('again'));
    await writeLite(at('again/lite.h5'), { ...artefact, trimmedEncoder: { ...trimmedEncoder, layers } });
    cpSync(at('run/firmware'), at('again/an-old-one'), { recursive: true });
    const stale = await reportOf(at('again'));
    const said = textsOf(stale).join('\n');
    expect(said).toContain('The firmware project an-old-one is not of this network');
    expect(said).toContain('What was found is not of this network: an-old-one. Nothing of it is shown.');
    expect(() => rowsOf(stale, 'Verification')).toThrow('no table "Verification"');

    await emit(at('again/lite.h5'), at('again/firmware'));
    const both = await reportOf(at('again'));
    expect(rowsOf(both, 'Verification')).toHaveLength(2);
    expect(textsOf(both).join('\n')).not.toContain('is not of this network');
  });

  it('is refused when it is none', async () => {
    writeFileSync(at('manifest.json'), '{"name": "something else"}');
    const files = await findRunFiles(at('run'), { firmware: at('manifest.json') });
    await expect(collectRun(files)).rejects.toThrow(/bad-firmware.*is not the manifest of a firmware project/);
    await expect(collectRun(await findRunFiles(at('run'), { firmware: at('nowhere') }))).rejects.toThrow(
      /unreadable-file/,
    );
  });
});

/** As the tools lay it out, with numbers of nobody's. */
const csynth = `<?xml version="1.0" encoding="UTF-8"?>
<profile>
  <UserAssignments><unit>ns</unit><TargetClockPeriod>25.00</TargetClockPeriod></UserAssignments>
  <PerformanceEstimates>
    <PipelineType>yes</PipelineType>
    <SummaryOfTimingAnalysis><unit>ns</unit><EstimatedClockPeriod>18.240</EstimatedClockPeriod></SummaryOfTimingAnalysis>
    <SummaryOfOverallLatency>
      <unit>clock cycles</unit>
      <Best-caseLatency>2</Best-caseLatency><Average-caseLatency>2</Average-caseLatency><Worst-caseLatency>2</Worst-caseLatency>
      <DataflowPipelineThroughput>1</DataflowPipelineThroughput>
      <Interval-min>1</Interval-min><Interval-max>1</Interval-max>
    </SummaryOfOverallLatency>
  </PerformanceEstimates>
  <AreaEstimates>
    <Resources><BRAM_18K>0</BRAM_18K><DSP>0</DSP><FF>1234</FF><LUT>43320</LUT><URAM>0</URAM></Resources>
    <AvailableResources><BRAM_18K>2940</BRAM_18K><DSP>3600</DSP><FF>866400</FF><LUT>433200</LUT><URAM>0</URAM></AvailableResources>
  </AreaEstimates>
</profile>
`;

describe('the estimate of synthesis', () => {
  it('is in the report where synthesis ran', async () => {
    const project = at('run/firmware/anomaly_encoder_prj/solution1/syn/report');
    mkdirSync(project, { recursive: true });
    writeFileSync(path.join(project, 'csynth.xml'), csynth);
    const report = await reportOf(at('run'));
    expect(rowsOf(report, 'Resources')).toEqual([
      ['BRAM_18K', '0', '2,940', '0.00'],
      ['DSP', '0', '3,600', '0.00'],
      ['FF', '1,234', '866,400', '0.14'],
      ['LUT', '43,320', '433,200', '10.00'],
      ['URAM', '0', '0', '\u2013'],
    ]);
    const blocks = report.sections.find(({ id }) => id === 'firmware')!.blocks;
    const table = blocks.find((block) => block.kind === 'table' && block.title === 'Resources');
    expect(table).toMatchObject({ note: expect.stringContaining('latency 2 clocks, one event every clock, clock') });
    expect(table).toMatchObject({ note: expect.stringContaining('clock period 18.24 ns') });
  });

  it('is refused when a part is missing or no number', () => {
    for (const [from, to, what] of [
      ['<Worst-caseLatency>2<', '<Worst-caseLatency>undef<', 'number in Worst-caseLatency'],
      ['AvailableResources>', 'Available>', 'AvailableResources'],
      ['PerformanceEstimates>', 'Estimates>', 'PerformanceEstimates'],
    ] as const)
      expect(() => synthesisEstimateOf(csynth.replaceAll(from, to), 'csynth.xml')).toThrow(
        `error[bad-firmware]: csynth.xml: holds no ${what}`,
      );
  });
});
