/** Long work on the main thread lets signals, timers and input through now and then. */
import { setImmediate } from 'node:timers/promises';

/** Resolves once everything that waits has had its turn. */
export async function breathe(): Promise<void> {
  await setImmediate();
}
