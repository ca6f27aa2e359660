#!/usr/bin/env bash
# Makes @tensorflow/tfjs-node without the download of its installer: the native library comes from PyPI's tensorflow-cpu, and the
# package's binding is compiled against it. Needs g++, Node's headers, python3 with pip, 1 GB in build/bench. Prints the path of
# the module, to be given to the bench:  TFJS_NODE=$(bench/tfjs-node.sh) npx tsx bench/train.mts
set -euo pipefail

tfjs=4.22.0
tensorflow=2.15.1
root=$(cd "$(dirname "$0")/.." && pwd)
work=$root/build/bench/tfjs-node
package=$work/node_modules/@tensorflow/tfjs-node
module=$package/dist/index.js
headers=${NODE_HEADERS:-$(node -p 'require("path").join(process.execPath, "../../include/node")')}

if [ -e "$package/lib/napi-v8/tfjs_binding.node" ]; then
  echo "$module"
  exit
fi
[ -e "$headers/node_api.h" ] || { echo "no node_api.h in $headers: install Node's headers, or set NODE_HEADERS" >&2; exit 1; }

mkdir -p "$work"
cd "$work"
[ -e package.json ] || echo '{"private": true}' > package.json
npm install --ignore-scripts --no-audit --no-fund "@tensorflow/tfjs-node@$tfjs" >&2
python3 -m pip download --quiet --no-deps --only-binary=:all: --python-version 3.11 "tensorflow-cpu==$tensorflow" -d wheel >&2
python3 - wheel/*.whl <<'PYTHON'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name in wheel.namelist():
        is_library = name in ("tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2")
        is_header = name.startswith("tensorflow/include/ts") or name.startswith("tensorflow/include/tensorflow/")
        if is_library or is_header and name.endswith(".h"):
            wheel.extract(name)
PYTHON
mkdir -p "$package/deps/lib" "$package/lib/napi-v8"
mv tensorflow/libtensorflow_*.so.2 "$package/deps/lib"
ln -sf libtensorflow_cc.so.2 "$package/deps/lib/libtensorflow.so"
ln -sf libtensorflow_framework.so.2 "$package/deps/lib/libtensorflow_framework.so"
g++ -std=c++17 -O2 -fPIC -shared -DNAPI_VERSION=8 -I"$headers" -Itensorflow/include \
  "$package"/binding/tfjs_backend.cc "$package"/binding/tfjs_binding.cc \
  -L"$package/deps/lib" -ltensorflow -ltensorflow_framework '-Wl,-rpath,$ORIGIN/../../deps/lib' \
  -o "$package/lib/napi-v8/tfjs_binding.node"
rm -r wheel tensorflow
echo "$module"
