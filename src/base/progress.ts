/** Progress of long work: a bar with rate and remaining time on a terminal, plain lines otherwise. */
import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  /** `count` more items are done. */
  advance(count: number): void;
  done(): void;
}

/** Begins to show how far a step is; a command shows a bar, a library nothing. */
export type StartProgress = (label: string, total: number) => Progress;

/** Shorter work shows nothing. */
const quietSeconds = 1;
const secondsBetweenLines = 10;

/**
 * Starts reporting to `stream` (stderr: stdout is for results).
 * @param total items in all; undefined when nobody knows yet
 */
export function startProgress(
  label: string,
  total: number | undefined,
  stream: NodeJS.WriteStream = process.stderr,
): Progress {
  return stream.isTTY ? bar(label, total, stream) : lines(label, total, stream);
}

function bar(label: string, total: number | undefined, stream: NodeJS.WriteStream): Progress {
  const ofTotal = total === undefined ? '{value}' : '{bar} {percentage} % | {value}/{total}';
  const left = total === undefined ? '' : ' | {eta_formatted} left';
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
            format: `${label} ${ofTotal} | {rate}/s${left}`,
            stream,
            hideCursor: true,
            clearOnComplete: true,
          },
          Presets.shades_grey,
        );
        shown.start(total ?? 0, finished, { rate: 0 });
      }
      shown.update(finished, { rate: Math.round(finished / seconds) });
    },
    done() {
      shown?.stop();
    },
  };
}

function lines(label: string, total: number | undefined, stream: NodeJS.WriteStream): Progress {
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
      const ofTotal = total === undefined ? '' : ` of ${total}`;
      const left = total === undefined ? '' : `, ${Math.ceil((total - finished) / rate)} s left`;
      stream.write(`${label}: ${finished}${ofTotal}, ${Math.round(rate)}/s${left}\n`);
    },
    done() {},
  };
}
