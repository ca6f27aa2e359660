/** Section: what the firmware computes with, how its formats are used, and what has been verified. */
import { printFormat } from '../../../fixed/format.js';
import { printRange, rangesOf } from '../../../ir/intervals.js';
import { namedOps } from '../../../ir/op.js';
import { printShape } from '../../../ir/shape.js';
import { latentSpace } from '../../../report/plots/latent-space.js';
import { quantisationProfile } from '../../../report/plots/quantisation-profile.js';
import { type Block, type Cell, numberCell, type Section, textCell } from '../../../report/report.js';
import type { RunFacts } from '../collect.js';
import type { FirmwareFacts, FoundFirmware } from '../firmware-facts.js';
import { latentSpaceOf, profilesOf, usageOf } from '../profile.js';
import type { SynthesisEstimate } from '../synthesis-estimate.js';
import { count, figure, percent, plain } from './blocks.js';

export async function firmwareSection(facts: RunFacts): Promise<Section> {
  const { events, firmware } = facts;
  const latent = events === undefined ? undefined : latentSpaceOf(facts, events);
  return {
    id: 'firmware',
    title: 'Firmware',
    blocks: [
      ...(firmware.facts === undefined ? [missingProject(firmware)] : projectBlocks(firmware.facts)),
      formatsTable(facts),
      await figure(
        'quantisation',
        'Quantisation profile',
        'Pale bars: from the step of a format to the largest size it holds. Boxes: half of the weights or values that are not zero, a line at the median, thin lines from the smallest to the largest. A thin line at the right end of its bar: values saturate or wrap; a bar that reaches far beyond: bits are wasted.',
        quantisationProfile(profilesOf(facts, events)),
      ),
      ...(events === undefined
        ? []
        : [
            latent === undefined
              ? ({
                  kind: 'missing',
                  title: 'Latent space',
                  reason: 'The network has no two latent variables to draw.',
                } as const)
              : await figure(
                  'latent',
                  'Latent space',
                  'The two latent variables that vary most over the background, as the firmware computes them: points lie on the grid of their format.',
                  latentSpace(latent),
                ),
          ]),
    ],
  };
}

function missingProject({ foreign }: FoundFirmware): Block {
  const reason =
    foreign.length === 0
      ? 'No firmware project was given or found beside the run: axoc emit-hls makes and verifies one, --firmware DIR names it.'
      : `What was found is not of this network: ${foreign.join(', ')}. Nothing of it is shown.`;
  return { kind: 'missing', title: 'Firmware project', reason };
}

function projectBlocks({ synthesis, ...project }: FirmwareFacts): readonly Block[] {
  const { part, clockNs, latency, initiationInterval, verification } = project;
  return [
    {
      kind: 'facts',
      rows: [
        ['Device', part],
        ['Clock', `${plain(clockNs)} ns`],
        ['Latency asked for', `${latency} clocks = ${plain(latency * clockNs)} ns`],
        ['Initiation interval', `${initiationInterval} ${initiationInterval === 1 ? 'clock' : 'clocks'}`],
      ],
    },
    {
      kind: 'table',
      title: 'Verification',
      columns: ['Execution', 'Vectors', 'Values compared', 'Mismatches'].map((title, column) => ({
        title,
        isNumber: column > 0,
      })),
      rows: verification.map(({ leg, vectors, values, mismatches }) => [
        textCell(leg),
        numberCell(vectors, count),
        numberCell(values, count),
        numberCell(mismatches, count),
      ]),
      note: 'Each is compared bit for bit with the reference, the interpreter of the program as lowered. Latency is what the project asks of synthesis, not a measurement.',
    },
    synthesis === undefined
      ? {
          kind: 'missing',
          title: 'Resources',
          reason:
            'The project has not been synthesised: vitis_hls -f build_prj.tcl in its directory estimates resources, latency and clock.',
        }
      : resourcesTable(synthesis, part),
  ];
}

function resourcesTable({ clockNs, latency, interval, resources }: SynthesisEstimate, part: string): Block {
  const [least, most] = latency;
  const clocks = least === most ? `${least}` : `${least} to ${most}`;
  return {
    kind: 'table',
    title: 'Resources',
    columns: ['Resource', 'Used', 'Of', 'Share (%)'].map((title, column) => ({ title, isNumber: column > 0 })),
    rows: resources.map(({ name, used, available }) => [
      textCell(name),
      numberCell(used, count),
      numberCell(available, count),
      numberCell(available === undefined || available === 0 ? undefined : used / available, percent),
    ]),
    note: `Estimates of high-level synthesis for ${part}, before placing and routing: latency ${clocks} clocks, one event every ${interval === 1 ? 'clock' : `${interval} clocks`}, clock period ${plain(clockNs)} ns.`,
  };
}

function formatsTable(facts: RunFacts): Block {
  const { program, names } = facts.runner.lowered;
  const ranges = rangesOf(program);
  const usages = facts.events === undefined ? [] : usageOf(facts, facts.events);
  const columns = ['Value', 'Shape', 'Format', 'Proven range', 'Seen from', 'to', 'Zero (%)', 'At an end (%)'];
  return {
    kind: 'table',
    title: 'Formats',
    columns: columns.map((title, column) => ({ title, isNumber: column > 3 })),
    rows: namedOps(program).map((op, index): readonly Cell[] => {
      const formats = op.type.formats;
      const usage = usages[index];
      return [
        textCell(names.get(op.id) ?? op.id),
        textCell(printShape(op.type.shape)),
        textCell(formats.length === 1 ? printFormat(formats[0]!) : `${printFormat(formats[0]!)}, ...`),
        textCell(printRange(op, ranges)),
        numberCell(usage?.low, plain),
        numberCell(usage?.high, plain),
        numberCell(usage?.zero, percent),
        numberCell(usage?.atEnds, percent),
      ];
    }),
    note: 'Proven: no event whatever leaves this range. At an end: the value is the smallest or largest of its format and not zero; it may have been saturated.',
  };
}
