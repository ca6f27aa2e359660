/** A pipeline in a process of its own, to be killed: configuration, directory, program that plays axoc. Prints what goes on. */
import { readZdcConfig } from '../../../src/zdc/config.js';
import { runPipeline } from '../../../src/zdc/pipeline/pipeline.js';

const [config, directory, program] = process.argv.slice(2) as [string, string, string];
await runPipeline({
  file: readZdcConfig(config),
  directory,
  axoc: [process.execPath, program],
  until: 'export',
  tell: (text) => void process.stdout.write(`${text}\n`),
  signal: new AbortController().signal,
});
