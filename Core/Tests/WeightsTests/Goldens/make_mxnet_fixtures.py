"""Makes the MXNet files in ../Fixtures and manifest-mxnet.json.

    python3.8 make_mxnet_fixtures.py      # mxnet 1.9.1, numpy 1.23.5

The layouts that MXNet 1.9 reads but no longer writes are put together by hand and read back by it.
"""

import base64
import json
import os
import struct

import mxnet as mx
import numpy as np

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Fixtures")
LOADED = {"float16": "float32", "int8": "int32"}
manifest = {}


def path(name):
    return os.path.join(FIXTURES, name)


def expect(name, values, metadata=None):
    tensors = []
    for key, value in values:
        data = value.asnumpy() if hasattr(value, "asnumpy") else value
        loaded = np.ascontiguousarray(data.astype(LOADED.get(data.dtype.name, data.dtype.name))).reshape(data.shape)
        tensors.append({"name": key, "dtypeInFile": data.dtype.name, "dtype": loaded.dtype.name,
                        "shape": list(data.shape), "bytes": base64.b64encode(loaded.tobytes()).decode()})
    manifest[name] = {"tensors": tensors, "metadata": metadata or {}, "tied": {}}


random = np.random.default_rng(5)
values = {"weight": random.normal(size=(2, 3)).astype("float32"), "double": random.normal(size=4),
          "half": np.array([0.1, 65504, 6e-8], "float16"), "bytes": np.array([0, 255], "uint8"),
          "int": np.array([-2**31, 2**31 - 1], "int32"), "small": np.array([-128, 127], "int8"),
          "long": np.array([-2**63, 2**63 - 1], "int64")}
arrays = {key: mx.nd.array(value, dtype=value.dtype) for key, value in values.items()}
mx.nd.save(path("v2.params"), arrays)
expect("v2.params", mx.nd.load(path("v2.params")).items())
mx.nd.save(path("list.params"), [arrays["weight"], arrays["int"]])
expect("list.params", [("0", arrays["weight"]), ("1", arrays["int"])])
mx.nd.save(path("module.params"), {"arg:fc_weight": arrays["weight"], "aux:bn_moving_mean": arrays["double"]})
expect("module.params", [("fc_weight", arrays["weight"]), ("bn_moving_mean", arrays["double"])])
mx.nd.save(path("sparse.params"), {"w": mx.nd.sparse.row_sparse_array(([[1.0, 2.0]], [1]), shape=(3, 2))})

mx.npx.set_np()
numpy_arrays = {"scalar": mx.np.array(2.5), "empty": mx.np.zeros((0, 3)), "flag": mx.np.array([True, False], dtype="bool"),
                "w": mx.np.array(values["weight"])}
mx.npx.save(path("v3.params"), numpy_arrays)
expect("v3.params", mx.npx.load(path("v3.params")).items())
mx.npx.reset_np()

net = mx.gluon.nn.Sequential()
net.add(mx.gluon.nn.Dense(3, in_units=2), mx.gluon.nn.BatchNorm(in_channels=3))
net.initialize()
net.save_parameters(path("gluon.params"))
expect("gluon.params", mx.nd.load(path("gluon.params")).items())


def by_hand(name, version):
    data = values["weight"]
    if version == 0:
        body = struct.pack("<I2I", 2, 2, 3)
    else:
        body = struct.pack("<Ii2q", 0xF993FAC8, 2, 2, 3)
    body += struct.pack("<3i", 1, 0, 0) + data.tobytes()
    with open(path(name), "wb") as file:
        file.write(struct.pack("<3Q", 0x112, 0, 1) + body + struct.pack("<2Q", 1, 1) + b"w")
    loaded = mx.nd.load(path(name))["w"]
    assert (loaded.asnumpy() == data).all()
    expect(name, [("w", data)])


by_hand("v0.params", 0)
by_hand("v1.params", 1)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "manifest-mxnet.json"), "w") as file:
    json.dump(manifest, file, indent=0)
print(len(manifest), "files by MXNet", mx.__version__)
