"""A safetensors file of 400 MB: what opening and loading it costs here and in Python's safetensors, turn by turn in one run.

    python large_file.py PROGRAM [--megabytes 400] [--rounds 5]

Each reading is a process of its own; the file is in the page cache. Times are those of the work alone, without the start of the process and its imports.
Ends with status 1 if a bound does not hold: opened in 10 ms, one tensor read without the rest, the whole in 1.1 times its size of memory, and not slower than
Python's way of the same kind (numbers left in the mapped file, or copied out of it).
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

import numpy as np
import safetensors.numpy

PYTHON = """
import json, resource, sys, time
import safetensors, safetensors.torch, torch
torch.set_num_threads(2)
path, copy = sys.argv[1], sys.argv[2] == "copy"
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 1e6
before = resident()
start = time.perf_counter()
with safetensors.safe_open(path, "pt") as file:
    opened = time.perf_counter()
    keys = list(file.keys())
    one = file.get_tensor(keys[-1])
    one.sum()
one_read = time.perf_counter()
del one
start_all = time.perf_counter()
tensors = safetensors.torch.load_file(path)
if copy:
    tensors = {key: value.clone() for key, value in tensors.items()}
loaded = time.perf_counter()
for value in tensors.values():
    value.sum()
summed = time.perf_counter()
print(json.dumps({"open_ms": (opened - start) * 1e3, "one_tensor_ms": (one_read - opened) * 1e3, "all_ms": (loaded - start_all) * 1e3,
                  "sum_ms": (summed - loaded) * 1e3, "all_resident_mb": resident() - before}))
"""

parser = argparse.ArgumentParser()
parser.add_argument("program")
parser.add_argument("--megabytes", type=int, default=400)
parser.add_argument("--rounds", type=int, default=5)
options = parser.parse_args()


def run(*command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "large.safetensors")
    random = np.random.default_rng(0)
    piece = random.standard_normal(1_000_000, dtype=np.float32).reshape(1000, 1000)
    safetensors.numpy.save_file({f"layers.{index}.weight": piece + index for index in range(options.megabytes // 4)}, path)
    del piece
    readings = {}
    for _ in range(options.rounds):
        for way in ("map", "copy"):
            ours = run(options.program, "bench", "load", path, *(["--copy"] if way == "copy" else []))
            readings.setdefault(("d2l", way), []).append(ours)
            readings.setdefault(("Python", way), []).append(run(sys.executable, "-c", PYTHON, path, way))

median = {key: {name: statistics.median(reading[name] for reading in values) for name in values[0]} for key, values in readings.items()}
print(f"{options.megabytes} MB, medians of {options.rounds} rounds")
print(f"{'':14}{'open ms':>10}{'one ms':>10}{'all ms':>10}{'sum ms':>10}{'all MB':>10}")
for (who, way), value in median.items():
    print(f"{who + ', ' + way:14}" + "".join(
        f"{value[name]:10.2f}" for name in ("open_ms", "one_tensor_ms", "all_ms", "sum_ms", "all_resident_mb")))
failures = []


def bound(what, value, limit):
    print(f"{what}: {value:.3g}, at most {limit:.3g}")
    if value > limit:
        failures.append(what)


for way in ("map", "copy"):
    ours, theirs = median["d2l", way], median["Python", way]
    size = ours["file_mb"]
    bound(f"{way}: ms to open", ours["open_ms"], 10)
    bound(f"{way}: MB that one tensor of {ours['one_tensor_mb']:.0f} MB makes resident", ours["one_tensor_resident_mb"], 2 * ours["one_tensor_mb"] + 4)
    bound(f"{way}: memory of the whole over its size", ours["all_resident_mb"] / size, 1.1)
    bound(f"{way}: time to load it, over Python's", ours["all_ms"] / theirs["all_ms"], 1)
    bound(f"{way}: time to load it and read every number, over Python's",
          (ours["all_ms"] + ours["sum_ms"]) / (theirs["all_ms"] + theirs["sum_ms"]), 1)
sys.exit(f"too much: {', '.join(failures)}" if failures else 0)
