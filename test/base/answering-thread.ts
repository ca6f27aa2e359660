/** The thread of the tests of threads: adds, or fails in the way it is asked to. */
import { setTimeout } from 'node:timers/promises';
import { userError } from '../../src/base/diagnostic.js';
import { serve } from '../../src/base/thread.js';

await serve(async ({ fail, base }: { fail?: boolean; base: number }) => {
  if (fail === true) throw userError('no-such', 'there', 'it cannot start');
  return async (request: number | string): Promise<number> => {
    switch (request) {
      case 'user error':
        throw userError('no-such', 'there', 'it is missing', 'look elsewhere');
      case 'defect':
        throw new Error('something unforeseen');
      case 'die':
        return process.exit(3);
      case 'hang':
        return setTimeout(1e6, 0);
      default:
        await setTimeout(Number(request));
        return base + Number(request);
    }
  };
});
