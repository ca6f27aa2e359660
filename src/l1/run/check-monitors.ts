/** Whether every epoch will record what callbacks are to follow of the signals: said before the first one, with the reason. */
import { Problems } from '../../base/diagnostic.js';
import { suggest } from '../../base/nearest.js';
import type { Config } from '../config/schema.js';
import type { PreparedData } from '../data/prepared.js';
import { tooFew } from '../thresholds.js';

/** The part of prepared data that decides it. */
export interface MeasuredData {
  readonly test: Pick<PreparedData['test'], 'count'>;
  readonly signals: ReadonlyMap<string, Pick<PreparedData['test'], 'count'>>;
}

/** @throws AxocError (user) for each monitor of an area or an efficiency that some epoch would not record */
export function checkMonitors(
  { callback, threshold }: Pick<Config, 'callback' | 'threshold'>,
  data: MeasuredData,
): void {
  const problems = new Problems();
  for (const name of ['plateau', 'early_stopping'] as const) {
    const { enabled, monitor } = callback[name];
    if (!enabled || !/^(auc|efficiency)\//.test(monitor)) continue;
    const [message, hint] = mistakeOf(monitor, callback.efficiency, threshold.bc_khz, data) ?? [];
    if (message !== undefined)
      problems.add('unknown-quantity', `configuration: callback.${name}.monitor`, `"${monitor}": ${message}`, hint);
  }
  problems.throwIfAny();
}

function mistakeOf(
  monitor: string,
  { every_epochs, rate }: Config['callback']['efficiency'],
  bcKhz: number,
  { test, signals }: MeasuredData,
): readonly [message: string, hint: string | undefined] | undefined {
  const kind = monitor.slice(0, monitor.indexOf('/'));
  const known = [...signals].filter(([, { count }]) => count > 0).map(([name]) => `${kind}/${name}`);
  if (!known.includes(monitor))
    return [
      known.length === 0 ? 'no signal has events' : 'no signal of this name has events',
      known.length === 0 ? 'give signals, or follow validation_loss' : suggest(monitor, known),
    ];
  if (every_epochs !== 1)
    return [
      every_epochs === 0 ? 'signals are not measured' : `signals are measured every ${every_epochs} epochs only`,
      'set callback.efficiency.every_epochs to 1: what is followed is looked at after each epoch',
    ];
  const refusal = kind === 'efficiency' ? tooFew(rate, 'raw', test.count, bcKhz) : undefined;
  return refusal === undefined
    ? undefined
    : [
        `there is no threshold at ${rate} kHz: ${refusal.reason}`,
        'or raise callback.efficiency.rate, or follow the area under the ROC curve: auc/...',
      ];
}
