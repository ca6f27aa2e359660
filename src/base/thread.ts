/** Worker threads that answer requests in order; whatever goes wrong in one reaches whoever waits for it. */
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { AxocError, type Diagnostic, type ErrorKind } from './diagnostic.js';
import { writeFileWhole } from './files.js';

export interface Thread<Request, Answer> {
  /**
   * Answers come in the order of the requests. Rejects with the thread's error, or when the thread is gone.
   * @param transfer buffers of the request that are given away instead of copied
   */
  ask(request: Request, transfer?: readonly ArrayBuffer[]): Promise<Answer>;
  end(): Promise<void>;
}

/** What a thread sends back for every request, and once after it has started. */
type Reply<Answer> =
  | { readonly answer: Answer }
  | { readonly failure: { readonly kind: ErrorKind; readonly diagnostics: readonly Diagnostic[] } }
  | { readonly defect: string };

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Starts a module as a thread; resolves when it is ready to serve.
 * @param name for messages: `feeding`
 * @param module URL of the module without its ending, which is that of the calling file: `.js`, or `.ts` where sources run directly
 * @param data what the module's `serve` is given: plain data, shared memory
 */
export async function startThread<Data, Request, Answer>(
  name: string,
  module: { readonly path: string; readonly from: string },
  data: Data,
): Promise<Thread<Request, Answer>> {
  const ending = module.from.slice(module.from.lastIndexOf('.'));
  const url = new URL(`${module.path}${ending}`, module.from);
  const worker = new Worker(ending === '.ts' ? bundled(url) : url, { workerData: data });
  const waiting: Waiting<Answer>[] = [];
  let dead: Error | undefined;
  const die = (error: Error): void => {
    dead ??= error;
    for (const { reject } of waiting.splice(0)) reject(dead);
  };
  worker.on('message', (reply: Reply<Answer>) => {
    const first = waiting.shift();
    // After the end nobody waits any more.
    if (first === undefined) return;
    if ('answer' in reply) first.resolve(reply.answer);
    else if ('failure' in reply) first.reject(new AxocError(reply.failure.kind, reply.failure.diagnostics));
    else first.reject(threadDied(name, reply.defect));
  });
  worker.on('error', (error: Error) => die(threadDied(name, error.message)));
  worker.on('exit', (code) => die(threadDied(name, `ended with code ${code}`)));
  const answered = (): Promise<Answer> =>
    new Promise((resolve, reject) => {
      if (dead === undefined) waiting.push({ resolve, reject });
      else reject(dead);
    });
  await answered();
  return {
    ask(request, transfer = []) {
      if (dead === undefined) worker.postMessage(request, transfer);
      return answered();
    },
    async end() {
      die(threadDied(name, 'ended'));
      await worker.terminate();
    },
  };
}

/**
 * Called once by a thread's module.
 * @param prepare makes the function that answers, from the data given to `startThread`
 */
export async function serve<Data, Request, Answer>(
  prepare: (data: Data) => Promise<(request: Request) => Answer | Promise<Answer>>,
): Promise<void> {
  const port = parentPort;
  if (port === null) return;
  const reply = async (work: () => unknown): Promise<void> => {
    try {
      port.postMessage({ answer: await work() });
    } catch (error) {
      port.postMessage(replyOf(error));
    }
  };
  let answer: ((request: Request) => unknown) | undefined;
  await reply(async () => {
    answer = await prepare(workerData as Data);
  });
  if (answer === undefined) return;
  let last: Promise<void> = Promise.resolve();
  port.on('message', (request: Request) => {
    last = last.then(() => reply(() => answer!(request)));
  });
}

function replyOf(error: unknown): Reply<never> {
  if (error instanceof AxocError) return { failure: { kind: error.kind, diagnostics: error.diagnostics } };
  return { defect: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function threadDied(name: string, reason: string): AxocError {
  return new AxocError('internal', [
    {
      code: 'thread-died',
      place: `thread "${name}"`,
      message: reason,
      hint: 'when memory ran out, use smaller batches or fewer workers; otherwise this is a defect of axoc: please report it',
    },
  ]);
}

/** Bundles made by this process. */
const bundles = new Map<string, URL>();

/**
 * Where this program runs from its sources (tests, benches): a thread cannot read TypeScript without a loader that takes seconds to start,
 * so its module becomes one JavaScript file below `build`.
 */
function bundled(module: URL): URL {
  const known = bundles.get(module.href);
  if (known !== undefined) return known;
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(module)],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    target: 'node20',
  });
  const path = new URL(`../../build/threads/${basename(module.pathname, '.ts')}.mjs`, import.meta.url);
  writeFileWhole(fileURLToPath(path), outputFiles[0]!.contents);
  bundles.set(module.href, path);
  return path;
}
