"""Checks ONNX models with the ONNX project's own checker and runs them with its reference evaluator; see test/emit/onnx-project.test.ts."""
import json
import sys

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

types = {"float32": np.float32, "int64": np.int64}
compared = 0
cases = json.load(open(sys.argv[1]))
for case in cases:
    model = onnx.load(case["file"])
    onnx.checker.check_model(model, full_check=True)
    feeds = {
        name: np.array(tensor["values"], dtype=types[tensor["type"]]).reshape(tensor["shape"])
        for name, tensor in case["inputs"].items()
    }
    found = dict(zip([value.name for value in model.graph.output], ReferenceEvaluator(model).run(None, feeds)))
    for name, tensor in case["outputs"].items():
        wanted = np.array(tensor["values"], dtype=np.float64)
        values = np.asarray(found[name], dtype=np.float64)
        if list(values.shape) != tensor["shape"]:
            sys.exit(f"{case['file']}: {name} has shape {values.shape}, not {tensor['shape']}")
        difference = np.abs(values.reshape(-1) - wanted).max()
        if not difference <= case["tolerance"]:
            sys.exit(f"{case['file']}: {name} is off by {difference}")
        compared += len(wanted)
print(f"{len(cases)} models, {compared} numbers agree")
