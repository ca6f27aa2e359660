import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startProgress } from '../../src/base/progress.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A stream that keeps what is written to it. */
function recorder(isTTY: boolean): { stream: NodeJS.WriteStream; text: () => string } {
  let written = '';
  const stream = { isTTY, columns: 100, write: (text: string) => (written += text), on: () => {}, once: () => {} };
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => written };
}

describe('startProgress, not on a terminal', () => {
  it('writes a plain line every ten seconds: done, rate and time left', () => {
    const { stream, text } = recorder(false);
    const progress = startProgress('vectors', 1000, stream);
    for (let second = 0; second < 25; second++) {
      vi.advanceTimersByTime(1000);
      progress.advance(20);
    }
    progress.done();
    expect(text()).toBe('vectors: 200 of 1000, 20/s, 40 s left\nvectors: 400 of 1000, 20/s, 30 s left\n');
  });

  it('writes nothing of short work', () => {
    const { stream, text } = recorder(false);
    const progress = startProgress('vectors', 10, stream);
    vi.advanceTimersByTime(9000);
    progress.advance(10);
    progress.done();
    expect(text()).toBe('');
  });
});

describe('startProgress, on a terminal', () => {
  it('draws a bar once the work takes longer than a second', () => {
    const { stream, text } = recorder(true);
    const progress = startProgress('vectors', 1000, stream);
    vi.advanceTimersByTime(500);
    progress.advance(10);
    expect(text()).toBe('');
    vi.advanceTimersByTime(1500);
    progress.advance(90);
    vi.advanceTimersByTime(1000);
    progress.done();
    expect(text()).toMatch(/vectors .* 10 % \| 100\/1000 \| 50\/s \| /);
  });
});
