"""Makes the small files in ../Fixtures with the real libraries, and manifest.json with what is in them.

    python make_fixtures.py      # torch 2.13, safetensors 0.8, numpy 2.4, gensim 4.4

The MXNet files come from make_mxnet_fixtures.py, which needs an older Python.
"""

import argparse
import collections
import io
import json
import os
import pickle
import struct
import tarfile
import zipfile

import gensim
import numpy as np
import safetensors.torch
import torch

from describe import flatten, whole

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Fixtures")
manifest = {}


def path(name):
    return os.path.join(FIXTURES, name)


def expect(name, values, metadata=None, tied=None):
    manifest[name] = {"tensors": [{"name": key, **whole(value)} for key, value in values],
                      "metadata": metadata or {}, "tied": tied or {}}


generator = torch.Generator().manual_seed(7)


def normal(*shape):
    return torch.randn(*shape, generator=generator)


every_type = {
    "float64": torch.tensor([0.1, -1e300, float("nan")], dtype=torch.float64),
    "float32": torch.tensor([1.5, float("-inf"), -0.0]),
    "float16": torch.tensor([0.1, 65504, 6e-8, float("inf"), float("nan"), -0.0], dtype=torch.float16),
    "bfloat16": torch.tensor([0.1, 3e38, float("-inf")], dtype=torch.bfloat16),
    "int64": torch.tensor([-(2 ** 63), 2 ** 63 - 1]),
    "int32": torch.tensor([[-(2 ** 31)], [2 ** 31 - 1]], dtype=torch.int32),
    "int16": torch.tensor([-32768, 32767], dtype=torch.int16),
    "int8": torch.tensor([-128, 127], dtype=torch.int8),
    "uint8": torch.tensor([0, 255], dtype=torch.uint8),
    "bool": torch.tensor([True, False, True]),
    "scalar": torch.tensor(2.5),
    "empty": torch.zeros(0, 3),
}
unsigned = {
    "uint16": torch.tensor([0, 65535], dtype=torch.uint16),
    "uint32": torch.tensor([0, 2 ** 32 - 1], dtype=torch.uint32),
    "uint64": torch.tensor([0, 2 ** 63 - 1], dtype=torch.uint64),
}

# safetensors
safetensors.torch.save_file({**every_type, **unsigned}, path("types.safetensors"), metadata={"format": "pt"})
with open(path("types.safetensors"), "rb") as file:
    keys = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
with safetensors.safe_open(path("types.safetensors"), "pt") as file:
    expect("types.safetensors", [(key, file.get_tensor(key)) for key in keys if key in file.keys()], {"format": "pt"})
safetensors.torch.save_file({"a": torch.tensor([1.0, 2.0]).to(torch.float8_e4m3fn)}, path("float8.safetensors"))

# torch, zip and stream
base = normal(4, 6)
shared = normal(5)
views = {
    "base": base, "transposed": base.t(), "columns": base[:, 1:5:2], "row": base[2], "expanded": normal(3, 1).expand(3, 4),
    "shared": shared, "tail": shared[2:], "again": shared,
}
nested = {
    "state_dict": collections.OrderedDict([("module.fc.weight", normal(2, 3)), ("module.fc.bias", normal(2))]),
    "optimizer": {"state": {0: {"step": torch.tensor(3.0), "exp_avg": normal(2, 3)}},
                  "param_groups": [{"lr": 0.1, "betas": (0.9, 0.999), "params": [0, 1], "foreach": None}]},
    "epoch": 12, "best": np.float64(0.75), "name": "net é", "done": True, "big": 2 ** 70, "sizes": torch.Size([2, 3]),
    "args": argparse.Namespace(lr=0.5, layers=[1, 2]), "device": torch.device("cpu"), "labels": {"b", },
    "mean": np.arange(6, dtype=np.float32).reshape(2, 3), "raw": b"\x00\xff",
}
nested_metadata = {
    "optimizer.param_groups.0.lr": "0.1", "optimizer.param_groups.0.betas": "(0.9, 0.999)",
    "optimizer.param_groups.0.params": "[0, 1]", "optimizer.param_groups.0.foreach": "None", "epoch": "12",
    "best": "0.75", "name": "net é", "done": "True", "big": "0x400000000000000000", "sizes": "(2, 3)",
    "args.lr": "0.5", "args.layers": "[1, 2]", "device": "cpu", "labels": "{b}", "raw": None,
}
model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))
for modern in (True, False):
    kind = "zip" if modern else "legacy"

    def save(value, name, **more):
        torch.save(value, path(name), _use_new_zipfile_serialization=modern, **more)
        return name

    expect(save(every_type, f"types-{kind}.pt"), flatten(every_type))
    expect(save(views, f"views-{kind}.pt"), flatten(views), tied={"again": "shared"})
    expect(save(nested, f"nested-{kind}.pt"), flatten(nested), nested_metadata)
    expect(save(model.state_dict(), f"model-{kind}.pt"), flatten(model.state_dict()))
    expect(save(torch.nn.Parameter(base), f"parameter-{kind}.pt"), [("tensor", base)])
    expect(save([base, (shared, 1)], f"list-{kind}.pt"), [("0", base), ("1.0", shared)], {"1.1": "1"})
    for protocol in (3, 4, 5):
        expect(save(nested, f"protocol{protocol}-{kind}.pt", pickle_protocol=protocol), flatten(nested), nested_metadata)
torch.save(unsigned, path("unsigned-zip.pt"))
expect("unsigned-zip.pt", flatten(unsigned))
torch.save({"f": torch.tensor([1.0]).to(torch.float8_e5m2), "c": torch.tensor([1j])}, path("unsupported-zip.pt"))
torch.save(model, path("whole-model.pt"))

# A zip whose members another tool has deflated, and one that says its storages are big-endian.
with zipfile.ZipFile(path("model-zip.pt")) as old:
    with zipfile.ZipFile(path("deflated-zip.pt"), "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(member.filename, old.read(member))
expect("deflated-zip.pt", flatten(model.state_dict()))
torch.save({"w": base, "n": torch.tensor([1, 2])}, path("little.pt"))
with zipfile.ZipFile(path("little.pt")) as old, zipfile.ZipFile(path("big-endian-zip.pt"), "w") as new:
    for member in old.infolist():
        content = old.read(member)
        if member.filename.endswith("/byteorder"):
            content = b"big"
        if member.filename.endswith("/data/0"):
            content = np.frombuffer(content, "<f4").astype(">f4").tobytes()
        if member.filename.endswith("/data/1"):
            content = np.frombuffer(content, "<i8").astype(">i8").tobytes()
        new.writestr(member.filename, content)
os.remove(path("little.pt"))
expect("big-endian-zip.pt", [("w", base), ("n", torch.tensor([1, 2]))])


# The tar of the first versions, by its description in torch/serialization.py, read back by torch itself.
def tar_fixture(name):
    def dump(value):
        return pickle.dumps(value, protocol=2)

    class Id:
        def __init__(self, key):
            self.key = key

    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            return value.key if isinstance(value, Id) else None

    data = np.arange(12, dtype="<f4")
    storages = dump(1) + dump((100, "cpu", torch.FloatStorage)) + struct.pack("<q", 12) + data.tobytes()
    storages += dump([(101, 100, 2, 10)])
    tensors = dump(2) + dump((200, 100, torch.FloatTensor)) + struct.pack("<i4x2q2qq", 2, 3, 4, 4, 1, 0)
    tensors += dump((201, 100, torch.FloatTensor)) + struct.pack("<i4x1q1qq", 1, 3, 4, 1)
    stream = io.BytesIO()
    Pickler(stream, protocol=2).dump(collections.OrderedDict([("w", Id(200)), ("column", Id(201))]))
    with tarfile.open(path(name), "w", format=tarfile.PAX_FORMAT) as tar:
        for member, content in (("sys_info", dump({})), ("pickle", stream.getvalue()), ("storages", storages),
                                ("tensors", tensors)):
            info = tarfile.TarInfo(member)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    values = [("w", torch.arange(12.0).reshape(3, 4)), ("column", torch.tensor([1.0, 5.0, 9.0]))]
    try:
        loaded = torch.load(path(name), weights_only=False)
        assert all(torch.equal(loaded[key], value) for key, value in values)
        print("torch reads the tar")
    except Exception as error:
        print("torch does not read the tar:", repr(error))
    expect(name, values)


tar_fixture("tar.pt")

# The older rebuilding functions, and strings as Python 2 wrote them.
stream = io.BytesIO()
torch.save({"w": base}, stream, _use_new_zipfile_serialization=False)
old = stream.getvalue().replace(b"_rebuild_tensor_v2\n", b"_rebuild_tensor\n")
start = old.index(b"\x89ccollections\nOrderedDict\n")
end = old.index(b"t", old.index(b")R", start))
old = old[:start] + old[end:]
old = old.replace(b"X\x01\x00\x00\x00w", b"U\x01w")
with open(path("rebuild-v1-legacy.pt"), "wb") as file:
    file.write(old)
assert torch.equal(torch.load(path("rebuild-v1-legacy.pt"), weights_only=False)["w"], base)
expect("rebuild-v1-legacy.pt", [("w", base)])


# Pickles that ask for more than data.
class Evil:
    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


class Unknown:
    pass


marker = "/tmp/d2l-weights-must-not-exist"
evils = {
    "system": Evil(os.system, f"touch {marker}"),
    "eval": Evil(eval, f"open({marker!r}, 'w')"),
    "getattr": Evil(getattr, Evil(__import__, "os"), "system"),
    "unknown": Unknown(),
    "open": Evil(open, marker, "w"),
    "partial": Evil(__import__("functools").partial, print),
}
for name, value in evils.items():
    for modern in (True, False):
        torch.save({"w": base, "x": value}, path(f"evil-{name}-{'zip' if modern else 'legacy'}.pt"),
                   _use_new_zipfile_serialization=modern)
cycle = {"w": base}
cycle["self"] = cycle
torch.save(cycle, path("cycle.pt"))

# numpy
arrays = {
    "c": np.arange(6, dtype="<f4").reshape(2, 3), "fortran": np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)),
    "big": np.arange(5, dtype=">i4") - 2, "half": np.array([0.1, 65504, 6e-8], dtype="<f2"),
    "bigdouble": np.array([0.1, -1e300], dtype=">f8"), "bool": np.array([True, False]), "scalar": np.float64(3.5).reshape(()),
    "empty": np.zeros((0, 2), "<f4"), "u2": np.array([0, 65535], "<u2"), "u8": np.array([0, 2 ** 63 - 1], "<u8"),
    "i1": np.array([-128, 127], "i1"), "nan": np.array([np.nan, np.inf], "<f4"),
}
for name, value in arrays.items():
    np.save(path(f"{name}.npy"), value)
    expect(f"{name}.npy", [("arr_0", value)])
for version in ((1, 0), (2, 0), (3, 0)):
    name = f"version{version[0]}.npy"
    with open(path(name), "wb") as file:
        np.lib.format.write_array(file, arrays["c"], version=version)
    expect(name, [("arr_0", arrays["c"])])
for name, save in (("stored.npz", np.savez), ("deflated.npz", np.savez_compressed)):
    save(path(name), **arrays, text=np.array("words"))
    expect(name, arrays.items(), {"text": "array of type '<U5', which is no tensor"})
np.save(path("object.npy"), np.array([{}], dtype=object), allow_pickle=True)
np.save(path("complex.npy"), np.array([1j]))

# Word vectors
words = ["king", "queen", "man", "woman", "naïve", "日本"]
numbers = np.random.default_rng(3).normal(size=(6, 5)).astype(np.float32)
vectors = gensim.models.KeyedVectors(5)
vectors.add_vectors(words, numbers)
vectors.save_word2vec_format(path("vectors.txt"), binary=False)
vectors.save_word2vec_format(path("vectors.bin"), binary=True)
vectors.save_word2vec_format(path("vectors.txt.gz"), binary=False)
for name in ("vectors.txt", "vectors.bin", "vectors.txt.gz"):
    expect(name, [("vectors", gensim.models.KeyedVectors.load_word2vec_format(path(name), binary=".bin" in name).vectors)])
with open(path("glove.txt"), "w") as file:
    for word, row in zip([". . ."] + words, np.vstack([numbers[:1] * 2, numbers])):
        file.write(word + " " + " ".join(f"{x:.5f}" for x in row) + "\n")
rounded = [[np.float32(f"{x:.5f}") for x in row] for row in np.vstack([numbers[:1] * 2, numbers])]
os.rename(path("glove.txt"), path("glove.txt.new"))
with open(path("glove.txt.new")) as file:
    lines = file.readlines()
with open(path("glove.txt"), "w") as file:
    file.writelines(lines[1:] + lines[:1])
os.remove(path("glove.txt.new"))
expect("glove.txt", [("vectors", np.array(rounded[1:] + rounded[:1], dtype=np.float32))])

model = gensim.models.FastText(vector_size=4, min_count=1, bucket=20, min_n=2, max_n=4, seed=1, workers=1, epochs=2)
sentences = [["the", "naïve", "cat", "sat"], ["the", "日本", "dog", "sat"]] * 5
model.build_vocab(sentences)
model.train(sentences, total_examples=len(sentences), epochs=2)
gensim.models.fasttext.save_facebook_model(model, path("fasttext.bin"))
loaded = gensim.models.fasttext.load_facebook_model(path("fasttext.bin"))
with open(os.path.join(os.path.dirname(path("")), "..", "Goldens", "fasttext.json"), "w") as file:
    json.dump({"words": loaded.wv.index_to_key,
               "vectors": {word: [float(x) for x in loaded.wv[word]]
                           for word in loaded.wv.index_to_key + ["unseen", "naïv", "日", "x", "thecat"]}}, file, indent=0,
              ensure_ascii=False)

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "manifest.json"), "w") as file:
    json.dump(manifest, file, indent=0, ensure_ascii=False)
print(len(manifest), "files,", sum(os.path.getsize(path(name)) for name in os.listdir(FIXTURES)), "bytes")
