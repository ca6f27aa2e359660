/** Python's own readers as oracles of what axoc writes: the standard library and numpy. */
import { spawnSync } from 'node:child_process';

/** The one with the ONNX packages has numpy. */
const interpreter = process.env.AXOC_ONNX_PYTHON ?? 'python3';

/** Without Python a test that needs it is skipped; on CI it fails. */
export const hasPython = process.env.CI !== undefined || spawnSync(interpreter, ['-c', 'import numpy']).status === 0;

/** What a program prints, as JSON. */
export function python(program: string, ...values: readonly string[]): unknown {
  const { status, stdout, stderr } = spawnSync(interpreter, ['-c', program, ...values], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
