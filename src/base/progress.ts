/** Progress of long work: a bar with rate and remaining time on a terminal, plain lines otherwise. */
import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  /** `count` more items are done. */
  advance(count: number): void;
  done(): void;
}

/** Shorter work shows nothing. */
const quietSeconds = 1;
const secondsBetweenLines = 10;

/** Starts reporting to `stream` (stderr: stdout is for results). */
export function startProgress(label: string, total: number, stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? bar(label, total, stream) : lines(label, total, stream);
}

function bar(label: string, total: number, stream: NodeJS.WriteStream): Progress {
  const started = performance.now();
  let shown: SingleBar | undefined;
  let finished = 0;
  return {
    advance(count) {
      finished += count;
      const seconds = (performance.now() - started) / 1000;
      if (seconds < quietSeconds) return;
      if (shown === undefined) {
        shown = new SingleBar(
          {
            format: `${label} {bar} {percentage} % | {value}/{total} | {rate}/s | {eta_formatted} left`,
            stream,
            hideCursor: true,
            clearOnComplete: true,
          },
          Presets.shades_grey,
        );
        shown.start(total, finished, { rate: 0 });
      }
      shown.update(finished, { rate: Math.round(finished / seconds) });
    },
    done() {
      shown?.stop();
    },
  };
}

function lines(label: string, total: number, stream: NodeJS.WriteStream): Progress {
  const started = performance.now();
  let lastLine = started;
  let finished = 0;
  return {
    advance(count) {
      finished += count;
      const now = performance.now();
      if (now - lastLine < secondsBetweenLines * 1000) return;
      lastLine = now;
      const rate = finished / ((now - started) / 1000);
      stream.write(
        `${label}: ${finished} of ${total}, ${Math.round(rate)}/s, ${Math.ceil((total - finished) / rate)} s left\n`,
      );
    },
    done() {},
  };
}
