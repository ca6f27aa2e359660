"""Runs QONNX models with the executor of the package qonnx and compares every output; see test/emit/qonnx.test.ts."""
import json
import sys

import numpy as np
import onnx
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.infer_shapes import InferShapes

cases = json.load(open(sys.argv[1]))
compared = 0
for case in cases:
    onnx.checker.check_model(case["file"])
    model = ModelWrapper(case["file"]).transform(InferShapes())
    for event in case["events"]:
        inputs = {
            name: np.array(values, dtype=np.float32).reshape(model.get_tensor_shape(name))
            for name, values in event["inputs"].items()
        }
        found = execute_onnx(model, inputs)
        for name, values in event["outputs"].items():
            wanted = np.array(values, dtype=np.float32)
            if not np.array_equal(found[name].reshape(-1), wanted):
                sys.exit(f"{case['file']}: {name} is {found[name]}, not {wanted}")
            compared += len(values)
print(f"{len(cases)} models, {compared} numbers equal")
