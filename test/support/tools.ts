/** The functions of src that the suite and the soak check. */
import { defaultHlsOptions, emitHls } from '../../src/emit/hls/project.js';
import { runPasses } from '../../src/passes/passes.js';
import { hlsLeg } from '../../src/verify/hls-leg.js';
import { interpreterLeg } from '../../src/verify/leg.js';
import { onnxLeg } from '../../src/verify/onnx-leg.js';
import { referenceOf, verify } from '../../src/verify/verify.js';
import { wasmLeg } from '../../src/verify/wasm-leg.js';
import type { Tools } from './network-check.js';

export const tools: Tools = {
  runPasses,
  emitHls,
  defaultHlsOptions,
  interpreterLeg,
  wasmLeg,
  onnxLeg,
  hlsLeg,
  referenceOf,
  verify,
};
