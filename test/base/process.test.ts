import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ProgramNotFound, run } from '../../src/base/process.js';

const node = (script: string, ...args: string[]) => run(process.execPath, ['-e', script, '--', ...args]);

describe('run', () => {
  it('hands every argument over unchanged: no shell looks at it', async () => {
    const args = [
      'a b',
      '',
      '"',
      `'`,
      '\\',
      '$HOME',
      '$(id)',
      '`id`',
      '; id',
      '| id',
      '* ?',
      '%PATH%',
      'line\nbreak',
      'ä η',
      '-x',
      '>file',
    ];
    const { stdout } = await node('console.log(JSON.stringify(process.argv.slice(1)))', ...args);
    expect(JSON.parse(stdout)).toEqual(args);
  });

  it('gives status and both outputs, whole', async () => {
    const finished = await node(
      `process.stdout.write('x'.repeat(300000) + 'ä'); process.stderr.write('bad'); process.exitCode = 3`,
    );
    expect(finished.stdout).toBe(`${'x'.repeat(300000)}ä`);
    expect([finished.status, finished.signal, finished.stderr]).toEqual([3, null, 'bad']);
  });

  it('gives the signal that ended the program', async () => {
    const finished = await node(`process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 10000)`);
    expect([finished.status, finished.signal]).toEqual([null, 'SIGTERM']);
  });

  it('gives the program no input to wait for', async () => {
    const { stdout } = await node(`process.stdin.on('data', () => {}).on('end', () => console.log('ended'))`);
    expect(stdout).toBe('ended\n');
  });

  it('says when there is no such program, or when it is no program', async () => {
    const missing = run('axoc-no-such-program', ['x']);
    await expect(missing).rejects.toThrow(ProgramNotFound);
    await expect(missing).rejects.toMatchObject({
      program: 'axoc-no-such-program',
      message: 'axoc-no-such-program: program not found',
    });
    const directory = mkdtempSync(path.join(tmpdir(), 'axoc-process-'));
    try {
      const file = path.join(directory, 'text');
      writeFileSync(file, 'no program', { mode: 0o644 });
      await expect(run(file, [])).rejects.toThrow(ProgramNotFound);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
