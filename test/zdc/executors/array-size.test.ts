/** How many tasks an array of Slurm may have: as it says, as it usually is where it does not answer, and none. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askArraySize } from '../../../src/zdc/executors/slurm/control.js';

const bin = mkdtempSync(path.join(tmpdir(), 'axoc-scontrol-'));
const { PATH } = process.env;
beforeAll(() => {
  process.env.PATH = `${bin}:${PATH}`;
});
afterAll(() => {
  process.env.PATH = PATH;
  rmSync(bin, { recursive: true });
});

function answer(script: string): void {
  writeFileSync(path.join(bin, 'scontrol'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

it('is what Slurm is set up with', async () => {
  answer("printf 'MailProg  = /bin/mail\\nMaxArraySize            = 250\\nMaxJobCount = 10000\\n'");
  expect(await askArraySize()).toBe(250);
});

it('is the usual one where Slurm gives no answer now', async () => {
  answer('exit 1');
  expect(await askArraySize()).toBe(1001);
});

it('may be none at all', async () => {
  answer("echo 'MaxArraySize = 0'");
  await expect(askArraySize()).rejects.toThrow(
    'error[slurm-refused]: MaxArraySize: this Slurm takes no arrays of jobs, and jobs are submitted as arrays',
  );
});
