"""What NumPy prints, with precision 4, for arrays that Core/Tests/TensorTests/PrintingTests.swift prints too.

Run: python tensor_printing.py (numpy).
"""

import pathlib

import numpy as np

import formula

GOLDENS = pathlib.Path(__file__).parents[2] / "Core/Tests/TensorTests/Goldens"
np.set_printoptions(precision=4)

LISTS = [
    [1.5, 2.25], [1e-5, 1.0], [0.1, 100000.0], [1e9, 1.0], [1e8, 2e8], [99999999.0, 99999998.0], [np.nan, 1.5], [np.inf, -2.0],
    [-np.inf, 1.0], [np.nan], [np.inf, -np.inf], [0.1, 0.12345], [0.0, 0.0], [-0.0, 1.0], [123456.789, 0.001], [1e-10], [1e30, 1e-30],
    [0.00012345, 0.1], [0.12345, 0.12355], [1.00005, 2.0], [1e-4, 9e-5], [1000.0, 1.0], [1001.0, 1.0], [1e6, 2e6], [999999.0, 1e5],
    [1.0], [-1.0, 10.0], [-1.5, 100.25], [3.14159265], [1e5, np.nan, 1e-5], [2.0**-24, 2.0**24], [0.5, 0.25, 0.125, 0.0625, 0.03125],
    [1e100, 1e-100], [1e-5, np.inf], [123456789.0], [16777216.0], [0.3, 0.30000001], [5e-324], [1.7976931348623157e308],
]
SHAPES = [[], [1], [0], [2, 0], [40], [3, 4], [2, 3, 4], [1, 1, 1], [2, 2, 2, 2], [1001], [30, 40], [1000], [5, 300], [12, 10, 10], [3, 25], [2, 2, 300]]


def main():
    entries = {}
    with np.errstate(over="ignore", under="ignore"):
        for number, values in enumerate(LISTS):
            entries[f"list {number}"] = {
                "values": [repr(v) for v in values], "float64": str(np.array(values, np.float64)),
                "float32": str(np.array(values, np.float64).astype(np.float32)),
                "scalars64": [str(np.float64(v)) for v in values],
            }
    for number, shape in enumerate(SHAPES):
        floats = formula.uniform(shape, number, -3, 3)
        integers = formula.integers(shape, number, -50, 120)
        entries[f"shape {number}"] = {
            "shape": shape, "float32": str(floats), "wide": str(floats.astype(np.float64) * 1000), "int64": str(integers),
            "bool": str(integers > 0),
        }
    formula.write(GOLDENS / "tensor_printing.json", entries)


main()
