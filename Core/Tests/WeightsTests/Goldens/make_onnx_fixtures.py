"""Makes the ONNX files in ../Fixtures, manifest-onnx.json, and real_onnx.json of the real file.

    python make_onnx_fixtures.py $D2L_DATA      # onnx 1.23, numpy 2.4
"""

import base64
import hashlib
import json
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURES = os.path.join(HERE, "..", "Fixtures")
LOADED = {"float16": "float32", "bfloat16": "float32", "int8": "int32", "int16": "int32", "uint16": "int32", "uint32": "int64",
          "uint64": "int64"}
KINDS = {TensorProto.FLOAT: "float32", TensorProto.DOUBLE: "float64", TensorProto.FLOAT16: "float16", TensorProto.INT64: "int64",
         TensorProto.INT32: "int32", TensorProto.INT16: "int16", TensorProto.INT8: "int8", TensorProto.UINT8: "uint8",
         TensorProto.UINT16: "uint16", TensorProto.UINT32: "uint32", TensorProto.UINT64: "uint64", TensorProto.BOOL: "bool",
         TensorProto.BFLOAT16: "bfloat16"}
manifest = {}


def loaded(tensor):
    kind = KINDS[tensor.data_type]
    data = numpy_helper.to_array(tensor)
    data = np.ascontiguousarray(data.astype(LOADED.get(kind, kind))).reshape(tuple(tensor.dims))
    return kind, data


def save(name, tensors, version=9):
    graph = helper.make_graph([], "weights", [], [], initializer=tensors)
    model = helper.make_model(graph, producer_name="fixtures", ir_version=version)
    helper.set_model_props(model, {"note": "é"})
    onnx.save(model, os.path.join(FIXTURES, name))
    read = onnx.load(os.path.join(FIXTURES, name))
    rows = []
    for tensor in read.graph.initializer:
        kind, data = loaded(tensor)
        rows.append({"name": tensor.name, "dtypeInFile": kind, "dtype": data.dtype.name, "shape": list(tensor.dims),
                     "bytes": base64.b64encode(data.tobytes()).decode()})
    manifest[name] = {"tensors": rows, "tied": {},
                      "metadata": {"ir_version": str(version), "producer_name": "fixtures", "note": "é"}}


random = np.random.default_rng(11)
arrays = {
    "float": (random.normal(size=(2, 3)), TensorProto.FLOAT), "double": (random.normal(size=4), TensorProto.DOUBLE),
    "half": (np.array([0.1, 65504, 6e-8]), TensorProto.FLOAT16), "long": (np.array([-(2 ** 63), 2 ** 63 - 1]), TensorProto.INT64),
    "int": (np.array([[-(2 ** 31)], [2 ** 31 - 1]]), TensorProto.INT32), "short": (np.array([-32768, 32767]), TensorProto.INT16),
    "small": (np.array([-128, 127]), TensorProto.INT8), "bytes": (np.array([0, 255]), TensorProto.UINT8),
    "ushort": (np.array([0, 65535]), TensorProto.UINT16), "uint": (np.array([0, 2 ** 32 - 1]), TensorProto.UINT32),
    "ulong": (np.array([0, 2 ** 63 - 1]), TensorProto.UINT64), "flags": (np.array([True, False, True]), TensorProto.BOOL),
    "brain": (np.array([0.1, 3e38, -2]), TensorProto.BFLOAT16), "scalar": (np.array(2.5), TensorProto.FLOAT),
    "empty": (np.zeros((0, 3)), TensorProto.FLOAT),
}
typed, raw = [], []
for name, (value, kind) in arrays.items():
    value = value.astype(helper.tensor_dtype_to_np_dtype(kind))
    typed.append(helper.make_tensor(name, kind, value.shape, value.ravel()))
    raw.append(helper.make_tensor(name, kind, value.shape, value.tobytes(), raw=True))
save("typed.onnx", typed)
save("raw.onnx", raw, version=4)
with open(os.path.join(HERE, "manifest-onnx.json"), "w") as file:
    json.dump(manifest, file, indent=0, ensure_ascii=False)

outside = onnx.load(os.path.join(FIXTURES, "raw.onnx"))
onnx.save(outside, os.path.join(FIXTURES, "outside.onnx"), save_as_external_data=True, location="outside.bin", size_threshold=0)
os.remove(os.path.join(FIXTURES, "outside.bin"))

name = "weights/onnx/ultraface_slim_320_simplified.onnx"
model = onnx.load(os.path.join(sys.argv[1], name))
digest = hashlib.sha256()
for tensor in model.graph.initializer:
    digest.update(tensor.name.encode() + b"\0" + " ".join(map(str, tensor.dims)).encode() + b"\0" + loaded(tensor)[1].tobytes())
with open(os.path.join(HERE, "real_onnx.json"), "w") as file:
    json.dump({"file": name, "count": len(model.graph.initializer), "sha256": digest.hexdigest()}, file)
print(len(manifest), "files by onnx", onnx.__version__, "and", len(model.graph.initializer), "tensors of", name)
