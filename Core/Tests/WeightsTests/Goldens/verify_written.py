"""Reads with the real libraries what the test `theRealLibrariesReadWhatIsWritten` has written, and compares every bit.

    python verify_written.py FOLDER
"""

import os
import sys

import gensim
import numpy as np
import safetensors
import torch

folder = sys.argv[1]


def path(name):
    return os.path.join(folder, name)


expected = {
    "flags": np.array([True, False, True]),
    "weight": np.array([[1.5, -2, np.nan], [np.inf, 0, -0.0]], "<f4"),
    "double": np.array([0.1, -1e300]),
    "bytes": np.array([0, 1, 255], "u1"),
    "steps": np.array(-9_000_000_000),
    "ids": np.array([[-1, 2]], "<i4"),
    "empty": np.zeros((0, 4), "<f4"),
}
expected["tied"] = expected["weight"]


def check(kind, actual):
    assert list(actual) == list(expected), (kind, list(actual))
    for name, value in expected.items():
        got = actual[name]
        assert got.dtype == value.dtype and got.shape == value.shape, (kind, name, got.dtype, got.shape)
        # Which NaN it is may differ between compilers; everything else to the bit.
        same = np.array_equal(got, value, equal_nan=value.dtype.kind == "f")
        assert same and (np.signbit(got) == np.signbit(value)).all() if value.dtype.kind == "f" else same, (kind, name)


with safetensors.safe_open(path("a.safetensors"), "np") as file:
    assert file.metadata() == {"note": 'é\n"x"'}, file.metadata()
    check("safetensors", {name: file.get_tensor(name) for name in expected if name in file.keys()})
    assert set(file.keys()) == set(expected)
loaded = torch.load(path("a.pt"), weights_only=True)
check("torch", {name: value.numpy() for name, value in loaded.items()})
assert loaded["tied"].data_ptr() == loaded["weight"].data_ptr(), "the tie is lost"
mapped = torch.load(path("a.pt"), weights_only=True, mmap=True)
check("torch, mapped", {name: value.numpy() for name, value in mapped.items()})
nested = torch.load(path("nested.pt"), weights_only=True)
assert nested["metadata"] == {"epoch": "3"}
check("torch, nested", {name: value.numpy() for name, value in nested["state_dict"].items()})


def same_bits(kind, actual, wanted):
    assert list(actual) == list(wanted), (kind, list(actual), list(wanted))
    for name, value in wanted.items():
        got = actual[name]
        assert got.dtype == value.dtype and got.shape == value.shape, (kind, name, got.dtype, value.dtype)
        pair = [x.contiguous().reshape(-1).view(torch.uint8) for x in (got, value) if x.numel()]
        assert not pair or torch.equal(*pair), (kind, name)


# Types beyond those of our tensors, copied from files that these libraries wrote.
fixtures = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Fixtures")
with safetensors.safe_open(os.path.join(fixtures, "types.safetensors"), "pt") as file:
    original = {name: file.get_tensor(name) for name in file.keys()}
copy = torch.load(path("types.pt"), weights_only=True)
same_bits("types.pt", dict(sorted(copy.items())), dict(sorted(original.items())))
same_bits("unsupported.pt", torch.load(path("unsupported.pt"), weights_only=True),
          torch.load(os.path.join(fixtures, "unsupported-zip.pt"), weights_only=True))
with safetensors.safe_open(path("unsigned.safetensors"), "pt") as file:
    original = torch.load(os.path.join(fixtures, "unsigned-zip.pt"), weights_only=True)
    same_bits("unsigned.safetensors", {name: file.get_tensor(name) for name in original}, original)
for name in ("stored.npz", "deflated.npz"):
    check(name, dict(np.load(path(name))))
check("npy", {name: np.load(path(name + ".npy")) for name in expected})
for name in ("vectors.txt", "vectors.bin"):
    vectors = gensim.models.KeyedVectors.load_word2vec_format(path(name), binary=name.endswith(".bin"))
    assert vectors.index_to_key == ["é", "日本", "x"]
    assert (vectors.vectors == np.array([[0.1, -2], [3e-7, 4], [5, 6]], "<f4")).all()
print("all kinds agree")
