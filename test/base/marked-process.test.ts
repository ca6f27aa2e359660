/** Processes with a mark, locks, words of a shell. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from '../../src/base/lock.js';
import { endMarked, startMarked } from '../../src/base/marked-process.js';
import { shellQuote } from '../../src/base/shell-quote.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'axoc-marked-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const shell = (script: string, mark: string) =>
  startMarked({ argv: ['sh', '-c', script], directory: home, log: path.join(home, 'log'), mark });
const log = (): string => readFileSync(path.join(home, 'log'), 'utf8');

describe('a marked process', () => {
  it('appends what it prints to its log, both streams, and gives its status', async () => {
    writeFileSync(path.join(home, 'log'), 'before\n');
    expect(await shell('echo out; echo err >&2; exit 4', 'a').ended).toEqual({ status: 4, signal: null });
    expect(log()).toBe('before\nout\nerr\n');
  });

  it('is ended together with its children', async () => {
    const started = shell('sleep 100 & echo $!; wait', 'b');
    while (log() === '') await setTimeout(10);
    started.end();
    expect((await started.ended).signal).toBe('SIGTERM');
    await setTimeout(50);
    expect(isRunning(Number(log()))).toBe(false);
  });

  it('is found by its mark, also in another session, and nothing else is ended', async () => {
    const mark = `test-${process.pid}`;
    const [started, other] = [shell('setsid sleep 100 & echo $!; wait', mark), shell('sleep 100', `${mark}0`)];
    while (log() === '') await setTimeout(10);
    await endMarked(mark);
    expect((await started.ended).signal).toBe('SIGKILL');
    expect(isRunning(Number(log()))).toBe(false);
    other.end();
    expect((await other.ended).signal).toBe('SIGTERM');
  });
});

/** A process that has ended and that nobody has collected counts as ended. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('a lock', () => {
  const file = (): string => path.join(home, 'lock');

  it('is held by one, and given back', () => {
    const release = takeLock(file());
    expect(() => takeLock(file())).toThrow(`process ${process.pid} on ${hostname()} works in this directory`);
    release();
    takeLock(file())();
  });

  it('of a process that has ended, or whose number another one has now, or that is torn, is taken over', () => {
    const { pid } = spawnSync('true');
    for (const left of [
      `{"host":"${hostname()}","pid":${pid},"command":"x"}`,
      `{"host":"${hostname()}","pid":1,"command":"x"}`,
      '{"ho',
    ]) {
      writeFileSync(file(), left);
      takeLock(file())();
    }
  });

  it('of another machine is not', () => {
    writeFileSync(file(), '{"host":"elsewhere","pid":1,"command":""}');
    expect(() => takeLock(file())).toThrow('process 1 on elsewhere works in this directory');
  });
});

it.each(['', 'plain', "it's", '$HOME `id` "x" \\ \n * ~ !', '-n', 'ünï'])('the shell reads %j as it is', (text) => {
  const script = `printf %s ${shellQuote(text)}`;
  expect(spawnSync('bash', ['-c', script], { encoding: 'utf8' }).stdout).toBe(text);
});
