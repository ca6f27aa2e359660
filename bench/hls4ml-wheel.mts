/** hls4ml's wheel from PyPI: downloaded once into a cache, checked, unpacked, never part of this repository. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, StepFailed } from './measure.mjs';

const wheelName = 'hls4ml-1.3.0-py3-none-any.whl';
const wheelHash = '01bf1de2cd9bca56699b9fe3385cb1735026b022f9580fe1d73faf192dfb90f2';

/**
 * Downloads and unpacks hls4ml's wheel into `cache`, once.
 * @returns the directory of its project templates, `nnet_utils` and `ap_types`
 */
export function fetchTemplates(cache: string): string {
  const unpacked = join(cache, 'wheel');
  const complete = join(cache, 'complete');
  if (!existsSync(complete)) {
    rmSync(cache, { recursive: true, force: true });
    mkdirSync(cache, { recursive: true });
    const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'];
    run({ program: 'python3', args: [...pip, '--dest', cache, 'hls4ml==1.3.0'] });
    const wheel = join(cache, wheelName);
    const hash = createHash('sha256').update(readFileSync(wheel)).digest('hex');
    if (hash !== wheelHash) throw new StepFailed(`${wheelName} has SHA-256 ${hash}, expected is ${wheelHash}`);
    run({ program: 'python3', args: ['-m', 'zipfile', '-e', wheel, unpacked] });
    writeFileSync(complete, '');
  }
  return join(unpacked, 'hls4ml', 'templates', 'vivado');
}
