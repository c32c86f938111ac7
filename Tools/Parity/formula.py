"""Numbers by formula, the same here and in the tests, so that golden files hold results only.

Element i of stream s is a hash of (i, s) mapped to [-1, 1): exact in integer arithmetic, so both sides
agree to the last bit. `Fingerprint` reduces a large array to a few numbers that no wrong element can hide from.
"""

import json
import math
import pathlib

import numpy as np

MASK = np.uint64(0xFFFFFFFF)


def uniform(shape, stream, low=-1.0, high=1.0, dtype=np.float32):
    """An array of hashed numbers on [low, high)."""
    count = math.prod(shape)
    h = (np.arange(count, dtype=np.uint64) + np.uint64(1)) * np.uint64(2654435761) & MASK
    h ^= np.uint64(stream * 374761393 + 668265263) & MASK
    h ^= h >> np.uint64(15)
    h = h * np.uint64(2246822519) & MASK
    h ^= h >> np.uint64(13)
    h = h * np.uint64(3266489917) & MASK
    h ^= h >> np.uint64(16)
    unit = (h >> np.uint64(8)).astype(np.float64) / 2**24
    return (low + (high - low) * unit).reshape(shape).astype(dtype)


def integers(shape, stream, low, high):
    """Whole numbers on [low, high)."""
    return np.floor(uniform(shape, stream, low, high, np.float64)).astype(np.int64)


SAMPLES, PROJECTIONS = 24, 4


def fingerprint(array, samples=SAMPLES, projections=PROJECTIONS):
    """Shape, 2-norm, sampled elements and inner products with formula vectors."""
    flat = np.asarray(array, dtype=np.float64).reshape(-1)
    step = max(1, flat.size // samples)
    products = [flat @ uniform((flat.size,), 9000 + k, dtype=np.float64) for k in range(projections)]
    return {
        "shape": list(np.shape(array)),
        "step": step,
        "norm": float(f"{np.linalg.norm(flat):.9g}"),
        "samples": [float(f"{v:.9g}") for v in flat[::step][:samples]],
        "projections": [float(f"{v:.9g}") for v in products],
    }


def whole(array):
    """A small array in full."""
    array = np.asarray(array)
    values = array.reshape(-1).tolist()
    return {"shape": list(array.shape), "values": [v if not isinstance(v, float) or math.isfinite(v) else str(v) for v in values]}


def names(keys):
    """Keys of a state, each as the count of letters that it shares with the one before, and the rest: a quarter of the size."""
    result, previous = [], ""
    for key in keys:
        shared = 0
        while shared < min(len(key), len(previous)) and key[shared] == previous[shared]:
            shared += 1
        result.append(f"{shared} {key[shared:]}")
        previous = key
    return result


def write(path, content):
    """Writes a golden file: stable order, one line an entry at the top level."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in content.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{path}: {path.stat().st_size / 1000:.1f} kB")
