"""What a file holds, as the reference libraries read it, in the terms of the tests."""

import base64
import hashlib

import numpy as np
import torch

# What each element type becomes when it is read (FileDType.loaded).
LOADED = {
    "float16": "float32", "bfloat16": "float32", "int8": "int32", "int16": "int32", "uint16": "int32",
    "uint32": "int64", "uint64": "int64",
}


def array(value):
    """A tensor or array in the type that it is read as, with the name of the type in the file."""
    if isinstance(value, torch.Tensor):
        name = str(value.dtype).removeprefix("torch.")
        value = value.detach()
        value = value.float().numpy() if name == "bfloat16" else value.numpy()
    else:
        name = value.dtype.name
    loaded = LOADED.get(name, name)
    return name, np.ascontiguousarray(np.asarray(value).astype(loaded)).reshape(np.shape(value))


def whole(value):
    """Every byte: for small fixtures."""
    name, data = array(value)
    little = data.astype(data.dtype.newbyteorder("<"))
    return {"dtypeInFile": name, "dtype": data.dtype.name, "shape": list(data.shape),
            "bytes": base64.b64encode(little.tobytes()).decode()}


def summary(value):
    """Sums, ends and a checksum: for real files."""
    name, data = array(value)
    flat = data.ravel().astype(np.float64)
    finite = flat[np.isfinite(flat)]
    ends = [flat[0], flat[-1]] if flat.size else []
    return {"dtypeInFile": name, "dtype": data.dtype.name, "shape": list(data.shape), "count": int(flat.size),
            "sum": float(finite.sum()), "squares": float((finite ** 2).sum()), "ends": [repr(float(x)) for x in ends],
            "sha256": hashlib.sha256(data.tobytes()).hexdigest()}


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
