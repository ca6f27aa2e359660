/** Monitors of areas and efficiencies that some epoch would not record: each refused with its reason, before the first epoch. */
import { expect, it } from 'vitest';
import { configSchema } from '../../../src/l1/config/schema.js';
import { checkMonitors, type MeasuredData } from '../../../src/l1/run/check-monitors.js';

const data: MeasuredData = {
  test: { count: 100_000 },
  signals: new Map([
    ['HHHto6b', { count: 1000 }],
    ['empty', { count: 0 }],
  ]),
};

const refusal = (callback: object): string => {
  const { threshold, callback: given } = configSchema.parse({ callback });
  try {
    checkMonitors({ threshold, callback: given }, data);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

const following = (monitor: string, efficiency = {}): string =>
  refusal({ early_stopping: { enabled: true, monitor, mode: 'max' }, efficiency });

it('takes what every epoch records', () => {
  expect(following('validation_loss')).toBe('');
  expect(following('auc/HHHto6b')).toBe('');
  expect(following('efficiency/HHHto6b', { rate: 100 })).toBe('');
  expect(refusal({ early_stopping: { enabled: false, monitor: 'auc/nothing' } })).toBe('');
});

it('says why an epoch would not record it', () => {
  expect(following('efficiency/HHHto6b')).toMatchInlineSnapshot(`
    "error[unknown-quantity]: configuration: callback.early_stopping.monitor: "efficiency/HHHto6b": there is no threshold at 1 kHz: 3.5 of 100,000 test events would be above it, 10 are needed: give 286,089 test events
      help: or raise callback.efficiency.rate, or follow the area under the ROC curve: auc/..."
  `);
  expect(following('efficiency/HHto4b', { rate: 100 })).toMatchInlineSnapshot(`
    "error[unknown-quantity]: configuration: callback.early_stopping.monitor: "efficiency/HHto4b": no signal of this name has events
      help: did you mean "efficiency/HHHto6b"?"
  `);
  expect(following('auc/empty')).toMatchInlineSnapshot(`
    "error[unknown-quantity]: configuration: callback.early_stopping.monitor: "auc/empty": no signal of this name has events
      help: known here: auc/HHHto6b"
  `);
  expect(following('auc/HHHto6b', { every_epochs: 5 })).toMatchInlineSnapshot(`
    "error[unknown-quantity]: configuration: callback.early_stopping.monitor: "auc/HHHto6b": signals are measured every 5 epochs only
      help: set callback.efficiency.every_epochs to 1: what is followed is looked at after each epoch"
  `);
  expect(following('auc/HHHto6b', { every_epochs: 0 })).toMatchInlineSnapshot(`
    "error[unknown-quantity]: configuration: callback.early_stopping.monitor: "auc/HHHto6b": signals are not measured
      help: set callback.efficiency.every_epochs to 1: what is followed is looked at after each epoch"
  `);
  const both = { enabled: true, monitor: 'auc/HHHto4b' };
  expect(refusal({ early_stopping: both, plateau: both }).match(/unknown-quantity/g)).toHaveLength(2);
});
