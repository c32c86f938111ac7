"""Files of weights that MXNet writes, as `d2l` reads them, bit for bit.

    python round_trip_mxnet.py PROGRAM [--seed N]

With mxnet 1.9.1 and numpy 1.23.5, which want a Python before 3.12; made and run by `make parity`. Arrays of every type that MXNet has, by the old
interface (`mx.nd`), by that of NumPy (`mx.npx`), from Gluon and from Module, go through `d2l convert` to .npz and come back by NumPy.
"""

import argparse
import os
import subprocess
import tempfile

import mxnet as mx
import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("program")
parser.add_argument("--seed", type=int, default=1)
options = parser.parse_args()
random = np.random.default_rng(options.seed)
compared = 0


def compare(path, expected):
    """All arrays of a file against those that were saved."""
    global compared
    target = path + ".npz"
    subprocess.run([options.program, "convert", path, target, "--drop-metadata"], check=True, capture_output=True)
    actual = dict(np.load(target))
    assert set(actual) == set(expected), (path, set(actual) ^ set(expected))
    for name, value in expected.items():
        value = value.asnumpy() if hasattr(value, "asnumpy") else value
        got = actual[name]
        assert (got.dtype, got.shape, got.tobytes()) == (value.dtype, value.shape, value.tobytes()), (path, name, got.dtype, got.shape)
        compared += 1


def array(kind, size):
    return (random.normal(size=size) * 50).astype(kind)


with tempfile.TemporaryDirectory() as folder:
    def path(name):
        return os.path.join(folder, name)

    kinds = "float32 float64 float16 uint8 int8 int32 int64".split()
    for trial in range(5):
        sizes = [tuple(int(x) for x in random.integers(1, 6, random.integers(1, 5))) for _ in kinds]
        values = {f"{kind}_{trial}": array(kind, size) for kind, size in zip(kinds, sizes)}
        mx.nd.save(path("v2.params"), {key: mx.nd.array(value, dtype=value.dtype) for key, value in values.items()})
        compare(path("v2.params"), values)
        mx.nd.save(path("list.params"), [mx.nd.array(value, dtype=value.dtype) for value in values.values()])
        compare(path("list.params"), {str(index): value for index, value in enumerate(values.values())})

        mx.npx.set_np()
        values["scalar"] = np.array(random.normal(), "float32")
        values["empty"] = np.zeros((0, 3), "float32")
        values["flags"] = array("float32", (4,)) > 0
        mx.npx.save(path("v3.params"), {key: mx.np.array(value, dtype=value.dtype) for key, value in values.items()})
        compare(path("v3.params"), values)
        mx.npx.reset_np()

    net = mx.gluon.nn.HybridSequential()
    net.add(mx.gluon.nn.Conv2D(4, 3, in_channels=2), mx.gluon.nn.BatchNorm(in_channels=4), mx.gluon.nn.Dense(3))
    net.initialize()
    net.hybridize()
    net(mx.nd.random.normal(shape=(2, 2, 6, 6)))
    net.save_parameters(path("gluon.params"))
    compare(path("gluon.params"), mx.nd.load(path("gluon.params")))
    # Symbol and parameters, whose names have "arg:" and "aux:" before them.
    net.export(path("module"))
    saved = mx.nd.load(path("module-0000.params"))
    assert {key[:4] for key in saved} == {"arg:", "aux:"}
    compare(path("module-0000.params"), {key[4:]: value for key, value in saved.items()})
print(f"all {compared} arrays of MXNet {mx.__version__} agree to the bit")
