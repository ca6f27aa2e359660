/** What high-level synthesis has estimated: reads the summary that Vivado HLS and Vitis HLS write (csynth.xml). */
import { userError } from '../../base/diagnostic.js';

export interface SynthesisEstimate {
  /** ns */
  readonly clockNs: number;
  /** Clocks from input to output: fewest and most. */
  readonly latency: readonly [least: number, most: number];
  /** Clocks between events. */
  readonly interval: number;
  /** In the order of the file: `LUT`, how many, of how many the device has (absent: the file does not say). */
  readonly resources: readonly { readonly name: string; readonly used: number; readonly available?: number }[];
}

/** @throws AxocError (user) when a part is missing, or is no number: a design of unknown latency is not what the trigger can have */
export function synthesisEstimateOf(xml: string, place: string): SynthesisEstimate {
  const broken = (what: string): Error =>
    userError('bad-firmware', place, `holds no ${what}`, 'synthesise the project again: vitis_hls -f build_prj.tcl');
  const inside = (text: string, tag: string): string => {
    const found = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(text)?.[1];
    if (found === undefined) throw broken(tag);
    return found;
  };
  const number = (text: string, tag: string): number => {
    const value = Number(inside(text, tag));
    if (!Number.isFinite(value)) throw broken(`number in ${tag}`);
    return value;
  };
  const performance = inside(xml, 'PerformanceEstimates');
  const latency = inside(performance, 'SummaryOfOverallLatency');
  const area = inside(xml, 'AreaEstimates');
  const available = countsIn(inside(area, 'AvailableResources'));
  return {
    clockNs: number(inside(performance, 'SummaryOfTimingAnalysis'), 'EstimatedClockPeriod'),
    latency: [number(latency, 'Best-caseLatency'), number(latency, 'Worst-caseLatency')],
    interval: number(latency, 'Interval-min'),
    resources: [...countsIn(inside(area, 'Resources'))].map(([name, used]) => {
      const most = available.get(name);
      return { name, used, ...(most === undefined ? {} : { available: most }) };
    }),
  };
}

/** `<LUT>12</LUT>`: name -> number. */
function countsIn(text: string): ReadonlyMap<string, number> {
  return new Map([...text.matchAll(/<(\w+)>\s*(\d+)\s*<\/\1>/g)].map(([, name, count]) => [name!, Number(count)]));
}
