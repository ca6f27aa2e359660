/** The configuration that an artefact was made with. */
import type { Artefact } from '../../artefact/artefact.js';
import { userError } from '../../base/diagnostic.js';
import { parseJson } from '../../data/json/parse-json.js';
import { type Config, configSchema } from './schema.js';

/** @param path of the artefact, for messages; @throws AxocError (user) when it is not one of this version */
export function storedConfig({ configuration }: Artefact, path: string): Config {
  const parsed = configSchema.safeParse(parseJson(configuration, `${path}: config`));
  if (parsed.success) return parsed.data;
  throw userError(
    'bad-artefact',
    `${path}: config`,
    'is not a configuration of this version of axoc',
    'train again, or use the version that wrote it',
  );
}
