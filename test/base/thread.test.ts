/** Threads: answers in order, errors with their diagnostics, no silence when one dies. */
import { describe, expect, it } from 'vitest';
import { AxocError } from '../../src/base/diagnostic.js';
import { startThread, type Thread } from '../../src/base/thread.js';

type Request = number | 'user error' | 'defect' | 'die' | 'hang';

function start(data: { fail?: boolean; base: number }): Promise<Thread<Request, number>> {
  return startThread('test', { path: './answering-thread', from: import.meta.url }, data);
}

describe('threads', () => {
  it('answer in the order of the requests, from their data', async () => {
    const thread = await start({ base: 100 });
    // The first answer takes longest.
    expect(await Promise.all([thread.ask(30), thread.ask(1), thread.ask(2)])).toEqual([130, 101, 102]);
    await thread.end();
  });

  it('pass the user’s errors on with all their diagnostics, and go on', async () => {
    const thread = await start({ base: 0 });
    const error = await thread.ask('user error').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AxocError);
    expect(error).toMatchObject({
      kind: 'user',
      diagnostics: [{ code: 'no-such', place: 'there', hint: 'look elsewhere' }],
    });
    await expect(thread.ask('defect')).rejects.toThrow(/thread-died\]: thread "test": Error: something unforeseen/);
    expect(await thread.ask(1)).toBe(1);
    await thread.end();
  });

  it('that die reject everything that waits for them, and everything after', async () => {
    const thread = await start({ base: 0 });
    const results = await Promise.allSettled([thread.ask('die'), thread.ask(1)]);
    for (const result of results) expect(result).toMatchObject({ status: 'rejected', reason: { kind: 'internal' } });
    await expect(thread.ask(1)).rejects.toThrow(/thread-died\]: thread "test": ended with code 3/);
  });

  it('that are ended while they work do not keep anybody waiting', async () => {
    const thread = await start({ base: 0 });
    const waiting = expect(thread.ask('hang')).rejects.toThrow(/thread-died/);
    await thread.end();
    await waiting;
  });

  it('that fail to start reject', async () => {
    await expect(start({ base: 0, fail: true })).rejects.toThrow(/no-such/);
  });
});
