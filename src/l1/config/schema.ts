/** MASTER: every key of the configuration with its kind, default and meaning. */
import { z } from 'zod';
import { dataConfig } from './data-schema.js';
import { group } from './kinds.js';
import { modelConfig } from './model-schema.js';
import { determinismConfig, reportConfig, storeConfig, thresholdConfig } from './output-schema.js';
import { callbackConfig, trainConfig } from './train-schema.js';

export const configSchema = group(
  'Configuration of a run; every key is optional and overrides the default beside it.',
  {
    data_config: dataConfig,
    determinism: determinismConfig,
    model: modelConfig,
    train: trainConfig,
    callback: callbackConfig,
    threshold: thresholdConfig,
    store: storeConfig,
    report: reportConfig,
  },
);

/** Readonly all the way down. */
export type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

/** A complete configuration: every key is there. */
export type Config = DeepReadonly<z.output<typeof configSchema>>;

/** A partial one, which overrides what stands before it. */
export type Slave = DeepReadonly<DeepPartial<z.output<typeof configSchema>>>;

type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [Key in keyof T]?: DeepPartial<T[Key]> }
    : T;

/** The schema of SLAVE files in JSON Schema 2020-12, for editors: docs/axoc-config.schema.json. */
export function configJsonSchema(): object {
  return { title: 'axoc configuration', ...z.toJSONSchema(configSchema, { io: 'input' }) };
}
