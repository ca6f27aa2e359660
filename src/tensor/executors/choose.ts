/** The executors by the names that configurations give them. A library is only loaded when it is chosen. */
import type { Executor } from '../executor.js';

export const executorNames = ['onnxruntime', 'tensorflow'] as const;
export type ExecutorName = (typeof executorNames)[number];

export async function chooseExecutor(name: ExecutorName): Promise<Executor> {
  switch (name) {
    case 'onnxruntime':
      return (await import('./onnxruntime.js')).onnxRuntime();
    case 'tensorflow':
      return (await import('./tensorflow.js')).tensorFlow();
  }
}
