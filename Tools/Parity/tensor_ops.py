"""Goldens of the tensor operators: outputs and all gradients by PyTorch, in double precision from inputs that float32 holds exactly.

Each case names an operator of the table in Core/Tests/TensorTests/OperatorTable.swift, its inputs (made by formula) and a
view through which each input is seen. The output is weighted with formula numbers and summed before backward().
Run: python tensor_ops.py (torch 2.13, numpy).
"""

import pathlib
import random

import numpy as np
import torch
import torch.nn.functional as F

import formula

GOLDENS = pathlib.Path(__file__).parents[2] / "Core/Tests/TensorTests/Goldens"
picker = random.Random(20240607)


def numbers(array):
    array = np.asarray(array, dtype=np.float64)
    values = [float(f"{v:.9g}") if np.isfinite(v) else str(v) for v in array.reshape(-1).tolist()]
    return {"shape": list(array.shape), "values": values}


VIEWS = {
    "plain": lambda x: x,
    "transposed": lambda x: x.transpose(-1, -2),
    "every2": lambda x: x[..., ::2],
    "reversed": lambda x: x.flip(0),
    "expanded": lambda x: x.unsqueeze(0).expand(2, *x.shape),
}


class Cases:
    def __init__(self):
        self.entries = {}
        self.stream = 1

    def add(self, operator, function, *inputs, check=True, gradient=True):
        """`inputs`: (shape, low, high[, view]). `check`: whether finite differences make sense at these inputs."""
        specifications, leaves, seen = [], [], []
        for shape, low, high, *rest in inputs:
            view = rest[0] if rest else "plain"
            array = formula.uniform(shape, self.stream, low, high, np.float32).astype(np.float64)
            specifications.append({"shape": list(shape), "stream": self.stream, "low": low, "high": high, "view": view})
            self.stream += 1
            leaf = torch.tensor(array, requires_grad=gradient)
            leaves.append(leaf)
            seen.append(VIEWS[view](leaf))
        output = function(*seen)
        entry = {"operator": operator, "inputs": specifications, "check": check and gradient}
        entry["output"] = numbers(output.detach())
        if gradient:
            weight = torch.tensor(formula.uniform(tuple(output.shape), 77, 0.5, 1.5, np.float32).astype(np.float64))
            (output * weight).sum().backward()
            zeros = [torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for leaf in leaves]
            entry["gradients"] = [numbers(g) for g in zeros]
        self.entries[f"{operator} #{sum(e['operator'] == operator for e in self.entries.values()) + 1}"] = entry

    def write(self, name):
        formula.write(GOLDENS / f"{name}.json", self.entries)


def more(cases, functions, variants):
    """Cases beside those of the tables: single elements, empty arrays, sizes of 1, other views. `variants`: operator to lists of inputs."""
    for name, lists in variants.items():
        for inputs in lists:
            cases.add(name, functions[name], *inputs, check=not any(0 in i[0] for i in inputs))


def shape(most=4, rank=None):
    return tuple(picker.randint(1, most) for _ in range(rank or picker.randint(1, 4)))


def broadcast_pair():
    """Two shapes that broadcast: sizes dropped to 1 and leading ones left out at random."""
    full = shape(3, picker.randint(1, 4))
    first = [1 if picker.random() < 0.3 else s for s in full]
    second = [1 if picker.random() < 0.3 else s for s in full]
    if picker.random() < 0.5:
        second = second[picker.randint(0, len(second) - 1):]
    return (tuple(first), tuple(second)) if picker.random() < 0.5 else (tuple(second), tuple(first))


# --- element by element ------------------------------------------------------------------------------------------------

cases = Cases()
T = torch
UNARY = {
    "exp": (T.exp, -2, 2), "expm1": (T.expm1, -1, 1), "log": (T.log, 0.1, 3), "log2": (T.log2, 0.1, 3),
    "log10": (T.log10, 0.1, 3), "log1p": (T.log1p, -0.5, 2), "sqrt": (T.sqrt, 0.1, 4), "rsqrt": (T.rsqrt, 0.2, 4),
    "reciprocal": (T.reciprocal, 0.3, 2), "square": (T.square, -2, 2), "abs": (T.abs, -2, 2), "sign": (T.sign, -2, 2),
    "sin": (T.sin, -4, 4), "cos": (T.cos, -4, 4), "tan": (T.tan, -1, 1), "asin": (T.asin, -0.9, 0.9),
    "acos": (T.acos, -0.9, 0.9), "atan": (T.atan, -3, 3), "sinh": (T.sinh, -2, 2), "cosh": (T.cosh, -2, 2),
    "tanh": (T.tanh, -2, 2), "erf": (T.erf, -2, 2), "floor": (T.floor, -4, 4), "ceil": (T.ceil, -4, 4),
    "round": (T.round, -4, 4), "trunc": (T.trunc, -4, 4), "relu": (T.relu, -2, 2),
    "leakyReLU": (lambda x: F.leaky_relu(x, 0.1), -2, 2), "elu": (lambda x: F.elu(x, 1.5), -2, 2),
    "gelu": (F.gelu, -3, 3), "gelu approximate": (lambda x: F.gelu(x, approximate="tanh"), -3, 3),
    "silu": (F.silu, -3, 3), "sigmoid": (T.sigmoid, -3, 3), "logSigmoid": (F.logsigmoid, -3, 3),
    "softplus": (F.softplus, -3, 3), "negate": (T.neg, -2, 2), "pow number": (lambda x: x**2.5, 0.2, 2),
    "pow cube": (lambda x: x**3, -2, 2), "pow zero": (lambda x: x**0, -2, 2), "clipped": (lambda x: x.clip(-0.7, 0.9), -2, 2),
    "add number": (lambda x: x + 1.5, -2, 2), "number add": (lambda x: 1.5 + x, -2, 2),
    "subtract number": (lambda x: x - 1.5, -2, 2), "number subtract": (lambda x: 1.5 - x, -2, 2),
    "multiply number": (lambda x: x * 1.5, -2, 2), "number multiply": (lambda x: 1.5 * x, -2, 2),
    "divide number": (lambda x: x / 1.5, -2, 2), "number divide": (lambda x: 1.5 / x, 0.3, 2),
    "converted": (lambda x: x.double(), -2, 2),
}
for name, (function, low, high) in UNARY.items():
    cases.add(name, function, (shape(), low, high))
    cases.add(name, function, ((3, 2), low, high, "transposed"))
    view = picker.choice(["every2", "reversed", "expanded"])
    cases.add(name, function, ((1, 3), low, high, view))
    if picker.random() < 0.3:
        cases.add(name, function, ((0, 3), low, high))
BINARY = {
    "add": (T.add, -2, 2), "subtract": (T.sub, -2, 2), "multiply": (T.mul, -2, 2), "divide": (T.div, 0.4, 2),
    "pow": (T.pow, 0.3, 2), "maximum": (T.maximum, -2, 2), "minimum": (T.minimum, -2, 2), "atan2": (T.atan2, -2, 2),
}
for name, (function, low, high) in BINARY.items():
    cases.add(name, function, ((2, 3), low, high), ((2, 3), low, high))
    for _ in range(3):
        a, b = broadcast_pair()
        cases.add(name, function, (a, low, high), (b, low, high))
    cases.add(name, function, ((3, 2), low, high, "transposed"), ((2, 5), low, high, "every2"))
    cases.add(name, function, ((2, 0), low, high), ((1,), low, high))
for name, function in {"remainder": T.remainder, "floorDivided": lambda x, y: T.floor(x / y)}.items():
    cases.add(name, function, ((2, 3), -5, 5), ((3,), 0.5, 2), gradient=False)
cases.add("select", lambda x, y: T.where(x > 0, x * 2, y), ((3, 4), -1, 1), ((4,), -1, 1))
for name, (function, low, high) in UNARY.items():
    spread = (low, high)
    more(cases, {name: function}, {name: [
        [((), *spread)], [((1,), *spread)], [((2, 0), *spread)], [((2, 1, 3), *spread, "transposed")], [((2, 3, 4), *spread, "every2")],
    ]})
for name, (function, low, high) in BINARY.items():
    a = lambda *shape, view="plain": (shape, low, high, view)
    more(cases, {name: function}, {name: [
        [a(), a(2, 3)], [a(1, 1), a(3, 2, view="transposed")], [a(0), a(0)], [a(1, 0), a(3, 1)], [a(2, 1, 3), a(4, 1)],
        [a(3, view="expanded"), a(2, 3, view="reversed")], [a(1), a(1)],
    ]})
cases.write("tensor_elementwise")

# --- reductions --------------------------------------------------------------------------------------------------------

cases = Cases()
REDUCE = {
    "sum": lambda x: x.sum(), "sum axis": lambda x: x.sum(-1), "sum axes": lambda x: x.sum((0, -1), keepdim=True),
    "mean": lambda x: x.mean(), "mean axis": lambda x: x.mean(0, keepdim=True), "mean axes": lambda x: x.mean((0, -1)),
    "max": lambda x: x.amax(tuple(range(x.dim()))), "max axis": lambda x: x.amax(-1), "min": lambda x: x.amin(tuple(range(x.dim()))),
    "min axis": lambda x: x.amin(0, keepdim=True), "logSumExp": lambda x: T.logsumexp(x, tuple(range(x.dim()))),
    "logSumExp axes": lambda x: T.logsumexp(x, (0, -1), keepdim=True), "norm": lambda x: x.norm(),
    "norm 1": lambda x: T.linalg.vector_norm(x, 1, dim=-1), "norm 3": lambda x: T.linalg.vector_norm(x, 3, dim=0),
    "norm infinity": lambda x: T.linalg.vector_norm(x, float("inf")),
    "norm keep": lambda x: T.linalg.vector_norm(x, 2, dim=(0, -1), keepdim=True),
    "product": lambda x: x.prod(), "product axis": lambda x: x.prod(-1, keepdim=True),
    "cumulativeSum": lambda x: x.cumsum(0), "cumulativeProduct": lambda x: x.cumprod(-1),
}
for name, function in REDUCE.items():
    cases.add(name, function, (shape(4, 3), -2, 2))
    cases.add(name, function, ((4, 3), -2, 2, "transposed"))
    cases.add(name, function, ((2, 5), -2, 2, "every2"))
    if not name.startswith(("max", "min", "logSum")) and "infinity" not in name and name != "mean":
        cases.add(name, function, ((0, 3), -2, 2), check=False)
for name, function in {
    "variance": lambda x: x.var(), "variance axes": lambda x: x.var((0, 2), correction=0, keepdim=True),
    "standardDeviation": lambda x: x.std(), "standardDeviation axes": lambda x: x.std((1,), correction=1),
}.items():
    cases.add(name, function, ((3, 2, 3), -2, 2))
    cases.add(name, function, ((2, 4, 3), -2, 2, "transposed"))
for name, function in {
    "softmax": lambda x: x.softmax(-1), "softmax axis": lambda x: x.softmax(0), "logSoftmax": lambda x: x.log_softmax(-1),
    "logSoftmax axis": lambda x: x.log_softmax(1),
}.items():
    for spec in [((3, 4), -3, 3), ((2, 1, 3), -3, 3), ((4, 3), -30, 30, "transposed")]:
        cases.add(name, function, spec)
SOFT = {"softmax": lambda x: x.softmax(-1), "softmax axis": lambda x: x.softmax(0), "logSoftmax": lambda x: x.log_softmax(-1)}
SOFT["logSoftmax axis"] = lambda x: x.log_softmax(1)
for name, function in (REDUCE | SOFT).items():
    variants = [[((1, 1), -2, 2)], [((1, 3, 1), -2, 2, "reversed")], [((2, 1, 3), -2, 2, "transposed")], [((1, 2, 2), -2, 2, "every2")]]
    if name in SOFT or name in ("sum", "sum axis", "sum axes", "product", "product axis", "cumulativeSum", "cumulativeProduct", "norm 1"):
        variants += [[((0, 2), -2, 2)], [((1, 2, 0), -2, 2)] if name not in ("product axis", "norm 1") else [((2, 0, 2), -2, 2)]]
    more(cases, {name: function}, {name: variants})
cases.write("tensor_reduction")

# --- shapes, views, indices --------------------------------------------------------------------------------------------

cases = Cases()
I = T.tensor
rows = I([2, 0, 2, 1])


def put(x, value, index):
    x = x.clone()
    x[index] = value
    return x


def pad(mode):
    return lambda x: F.pad(x.unsqueeze(0), (1, 2, 2, 1), mode=mode).squeeze(0)


SHAPING = {
    "reshaped": (lambda x: x.reshape(4, -1), [(2, 4, 3)]),
    "flattened": (lambda x: x.flatten(1), [(2, 4, 3)]),
    "transposed": (lambda x: x.transpose(-1, -2), [(2, 4, 3)]),
    "transposed axes": (lambda x: x.transpose(0, 2), [(2, 4, 3)]),
    "permuted": (lambda x: x.permute(2, 0, 1), [(2, 4, 3)]),
    "expanded": (lambda x: x.expand(2, 3, 4), [(3, 1)]),
    "squeezed": (lambda x: x.squeeze(), [(1, 3, 1, 2)]),
    "squeezed axis": (lambda x: x.squeeze(2), [(1, 3, 1, 2)]),
    "unsqueezed": (lambda x: x.unsqueeze(-1), [(3, 2)]),
    "contiguous": (lambda x: x.T.contiguous(), [(3, 2)]),
    "concatenated": (lambda x, y: T.cat([x, y], 1), [(2, 3), (2, 1)]),
    "concatenating": (lambda x, y, z, w: T.cat([x, y, z, w], -1), [(2, 3), (2, 0), (2, 1), (2, 2)]),
    "stacking": (lambda x, y: T.stack([x, y], -1), [(2, 3), (2, 3)]),
    "split": (lambda x: T.cat([p * (i + 1) for i, p in enumerate(x.split(2, 0))][::-1]), [(5, 2)]),
    "split sizes": (lambda x: x.split([1, 0, 3], 1)[2], [(2, 4)]),
    "chunked": (lambda x: T.cat([p * (i + 1) for i, p in enumerate(x.chunk(3, 0))][::-1]), [(7, 2)]),
    "flipped": (lambda x: x.flip(1), [(3, 4)]),
    "rolled": (lambda x: x.roll(-3, 1), [(2, 4)]),
    "tiled": (lambda x: x.tile(2, 1, 3), [(3, 2)]),
    "repeated": (lambda x: x.repeat_interleave(3, 0), [(3, 2)]),
    "padded": (lambda x: F.pad(x, (1, 2, 0, 3), value=1.5), [(2, 3)]),
    "padded reflect": (pad("reflect"), [(2, 4, 3)]),
    "padded replicate": (pad("replicate"), [(2, 4, 3)]),
    "padded circular": (pad("circular"), [(2, 4, 3)]),
    "diagonal": (lambda x: x.diagonal(), [(3, 4)]),
    "diagonal offset": (lambda x: x.diagonal(-1, -2, -1), [(2, 3, 4)]),
    "init diagonal": (lambda x: T.diag(x, 1), [(3,)]),
    "lowerTriangle": (lambda x: x.tril(-1), [(3, 4)]),
    "upperTriangle": (lambda x: x.triu(1), [(2, 3, 3)]),
    "trace": (lambda x: x.trace(), [(3, 4)]),
    "kroneckerProduct": (T.kron, [(2, 3), (2, 2)]),
    "meshGrid": (lambda x, y: (lambda a, b: a * b + a)(*T.meshgrid(x, y, indexing="ij")), [(3,), (2,)]),
    "subscript element": (lambda x: x[1], [(3, 4)]),
    "subscript mixed": (lambda x: x[-1, 1:3], [(3, 4)]),
    "subscript ellipsis": (lambda x: x[..., ::2], [(3, 2, 5)]),
    "subscript reversed": (lambda x: x.flip(0)[:, None, 0], [(3, 4)]),
    "subscript twice": (lambda x: x[0] * x[1:3].sum() + x[0], [(3, 4)]),
    "subscript set": (lambda x, y: put(x, y, (slice(None), slice(0, 2))), [(3, 4), (2,)]),
    "fill": (lambda x: put(x, 2.5, (slice(None), 1)), [(3, 4)]),
    "taking": (lambda x: x[rows], [(3, 4)]),
    "taking axis": (lambda x: x[:, I([[0, 1], [1, 1]])], [(2, 3, 2)]),
    "gathering": (lambda x: x.gather(1, I([[0, 2], [1, 1], [2, 0]])), [(3, 3)]),
    "scattering": (lambda x, y: x.scatter(1, I([[0, 2], [1, 0]]), y), [(2, 3), (2, 2)]),
    "scatteringAdd": (lambda x, y: x.scatter_add(0, I([[0, 1], [0, 1], [2, 0]]), y), [(3, 2), (3, 2)]),
    "masked": (lambda x: x[x > 0], [(3, 4)]),
    "masked rows": (lambda x: x[I([True, False, True])], [(3, 4)]),
    "replacing number": (lambda x: T.where(x > 0, 0.25, x), [(3, 4)]),
    "replacing": (lambda x, y: put(x, y, I([True, False, True])), [(3, 4), (4,)]),
    "subscript mask": (lambda x: x[I([[True, False], [True, True]])], [(2, 2, 3)]),
    "subscript mask set": (lambda x, y: put(x, y, I([[True, False], [True, True]])), [(2, 2, 3), (3, 3)]),
    "subscript rows": (lambda x: x[I([[2, 0], [-1, 1]])], [(3, 2)]),
    "subscript rows columns": (lambda x: x[I([[0], [2]]), I([1, -1])], [(3, 4)]),
    "subscript rows set": (lambda x, y: put(x, y, I([2, 0])), [(3, 2), (2, 2)]),
    "subscript rows columns set": (lambda x, y: put(x, y, (I([[0], [2]]), I([1, -1]))), [(3, 4), (2, 2)]),
    "sorted": (lambda x: x.sort(-1).values, [(3, 5)]),
    "sorted descending": (lambda x: x.sort(0, descending=True).values, [(5, 3)]),
    "topK": (lambda x: x.topk(3, -1).values, [(2, 6)]),
    "topK smallest": (lambda x: x.topk(2, 0, largest=False).values, [(4, 3)]),
}
for name, (function, shapes) in SHAPING.items():
    cases.add(name, function, *[(s, -2, 2) for s in shapes])
    if len(shapes) == 1 and len(shapes[0]) >= 2:
        swapped = shapes[0][:-2] + (shapes[0][-1], shapes[0][-2])
        cases.add(name, function, (swapped, -2, 2, "transposed"))
        cases.add(name, function, (shapes[0][:-1] + (2 * shapes[0][-1] - 1,), -2, 2, "every2"))
SMALL = {  # sizes of 1 and of 0
    "reshaped": [(4, 1), (1, 4, 1)], "flattened": [(1, 3, 1), (0, 2, 3), (2, 0)], "transposed": [(1, 3), (0, 2), (1, 1)],
    "transposed axes": [(1, 2, 1), (2, 0, 3)], "permuted": [(1, 0, 3), (2, 1, 1)], "expanded": [(1, 1), (4,), (2, 3, 1)],
    "squeezed": [(1, 1), (1, 0), (2, 3)], "squeezed axis": [(1, 1, 1), (2, 0, 1)], "unsqueezed": [(1,), (0, 2)], "contiguous": [(1, 3), (0, 2)],
    "concatenated": [((0, 3), (0, 1)), ((1, 1), (1, 1)), ((2, 0), (2, 2))], "stacking": [((1, 1), (1, 1)), ((0, 2), (0, 2))],
    "split": [(1, 1), (4, 0)], "split sizes": [(1, 4)], "chunked": [(3, 1), (1, 2)], "flipped": [(1, 1), (2, 0), (2, 1, 3)], "rolled": [(1, 1), (3, 2)],
    "tiled": [(1, 1), (0, 2)], "repeated": [(1, 1), (2, 0)], "padded": [(1, 1), (2, 0), (0, 2)], "padded reflect": [(1, 3, 3)],
    "padded replicate": [(1, 1, 1), (2, 3, 1)], "padded circular": [(1, 2, 2)], "diagonal": [(1, 1), (0, 3), (1, 4)],
    "diagonal offset": [(2, 1), (1, 3, 1)], "init diagonal": [(1,), (0,)], "lowerTriangle": [(1, 1), (0, 3), (2, 1, 3)],
    "upperTriangle": [(1, 1), (2, 0), (1, 3, 2)], "trace": [(1, 1), (1, 3)], "kroneckerProduct": [((1, 1), (2, 3)), ((0, 2), (1, 3))],
    "meshGrid": [((1,), (1,)), ((0,), (2,))], "subscript element": [(2, 0), (2, 1)], "subscript ellipsis": [(1, 1), (2, 0), (2, 1, 5)],
    "subscript set": [((1, 3), (1,)), ((3, 2), (3, 1)), ((0, 2), (2,)), ((2, 2), ())], "fill": [(1, 2), (0, 2)], "taking": [(3, 1), (3, 0)],
    "taking axis": [(1, 2), (0, 2)], "gathering": [(3, 3)], "masked": [(1, 1), (0, 4)], "masked rows": [(3, 1), (3, 0), (3,)],
    "replacing number": [(1, 1), (0, 2)], "replacing": [((3, 1), (1,)), ((3, 2), (2, 2))], "subscript mask": [(2, 2), (2, 2, 0)],
    "subscript rows": [(3,), (3, 0)], "sorted": [(1, 1), (3, 1), (0, 2)], "sorted descending": [(1, 1), (1, 3)], "topK": [(1, 3), (0, 4)],
    "topK smallest": [(2, 1), (2, 0)],
}
for name, lists in SMALL.items():
    pairs = [shapes if isinstance(shapes[:1], tuple) and shapes and isinstance(shapes[0], tuple) else (shapes,) for shapes in lists]
    more(cases, {name: SHAPING[name][0]}, {name: [[(s, -2, 2) for s in shapes] for shapes in pairs]})
cases.write("tensor_shaping")

# --- matrices ----------------------------------------------------------------------------------------------------------

cases = Cases()
MATMUL = [((2, 3), (3, 4)), ((3,), (3,)), ((3,), (3, 2)), ((2, 3), (3,)), ((2, 2, 3), (3, 2)), ((2, 2, 3), (2, 3, 2)),
          ((3, 1, 2, 3), (2, 3, 2)), ((2, 3), (4, 3, 2)), ((1, 1), (1, 1)), ((2, 0), (0, 3)), ((0, 2), (2, 3)), ((2, 2, 3), (3,)),
          ((3,), (2, 3, 2))]
for a, b in MATMUL:
    cases.add("matmul", T.matmul, (a, -1, 1), (b, -1, 1))
cases.add("matmul", T.matmul, ((3, 2), -1, 1, "transposed"), ((4, 3), -1, 1, "transposed"))
cases.add("matmul", T.matmul, ((2, 3, 2), -1, 1, "transposed"), ((3, 5), -1, 1, "every2"))
cases.add("matmul", T.matmul, ((2, 3), -1, 1, "expanded"), ((2, 3, 4), -1, 1))
cases.add("matmul", T.matmul, ((17, 9), -1, 1), ((9, 13), -1, 1))
cases.add("dot", T.dot, ((5,), -1, 1), ((5,), -1, 1))
cases.add("outer", T.outer, ((3,), -1, 1), ((4,), -1, 1))
for activation, f in {"": lambda x: x, " relu": T.relu, " sigmoid": T.sigmoid, " tanh": T.tanh}.items():
    cases.add("linear" + activation, lambda x, w, b: f(F.linear(x, w, b)), ((3, 4), -1, 1), ((2, 4), -1, 1), ((2,), -1, 1))
    cases.add("linear" + activation, lambda x, w, b: f(F.linear(x, w, b)), ((2, 4, 3), -1, 1, "transposed"), ((2, 4), -1, 1), ((2,), -1, 1))
cases.add("linear plain", lambda x, w: F.linear(x, w), ((4,), -1, 1), ((3, 4), -1, 1))
EINSUM = [("ij,jk->ik", [(2, 3), (3, 4)]), ("bij,bjk->bik", [(2, 2, 3), (2, 3, 2)]), ("ii->i", [(3, 3)]), ("ii", [(3, 3)]),
          ("ij->ji", [(2, 3)]), ("i,j->ij", [(2,), (3,)]), ("i,i->", [(4,), (4,)]), ("ij,ij->i", [(2, 3), (2, 3)]),
          ("...ij,...jk->...ik", [(2, 1, 2, 3), (3, 3, 2)]), ("bhqd,bhkd->bhqk", [(1, 2, 2, 3), (1, 2, 3, 3)]),
          ("ij,jk,kl->il", [(2, 3), (3, 2), (2, 2)]), ("bn,anm,bm->ba", [(2, 2), (3, 2, 3), (2, 3)]), ("ij->", [(2, 3)]),
          ("...i->...", [(2, 3, 2)]), ("iij,j->i", [(2, 2, 3), (3,)]), ("ab,cd->acbd", [(2, 2), (2, 3)])]
for equation, shapes in EINSUM:
    cases.add("einsum " + equation, lambda *x: T.einsum(equation, *x), *[(s, -1, 1) for s in shapes])


def positive(x):
    return x @ x.mT + 2 * T.eye(x.shape[-1], dtype=x.dtype)


def dominant(x):
    return x + 3 * T.eye(x.shape[-1], dtype=x.dtype)


for a, b in [((1, 3), (3, 1)), ((0, 2, 3), (3, 4)), ((2, 1, 3), (1, 3, 1)), ((2, 0, 3), (3, 2)), ((1,), (1,)), ((2, 1, 1, 3), (2, 3, 2))]:
    cases.add("matmul", T.matmul, (a, -1, 1), (b, -1, 1))
cases.add("matmul", T.matmul, ((2, 3, 4), -1, 1, "reversed"), ((2, 4, 5), -1, 1, "every2"))
for name, function, pairs in [("dot", T.dot, [(1, 1), (0, 0)]), ("outer", T.outer, [(1, 3), (0, 2)])]:
    for a, b in pairs:
        cases.add(name, function, ((a,), -1, 1), ((b,), -1, 1))
for x, w in [((0, 4), (2, 4)), ((1, 1), (1, 1)), ((2, 1, 3), (1, 3)), ((2, 0, 3), (2, 3))]:
    cases.add("linear", F.linear, (x, -1, 1), (w, -1, 1), ((w[0],), -1, 1))
for equation, shapes in [("ij,jk->ik", [(1, 3), (3, 1)]), ("ij,jk->ik", [(0, 3), (3, 2)]), ("bij,bjk->bik", [(1, 1, 1), (1, 1, 1)]),
                         ("...ij,...jk->...ik", [(2, 3), (4, 1, 3, 2)]), ("ij->", [(1, 1)])]:
    cases.add("einsum " + equation, lambda *x: T.einsum(equation, *x), *[(s, -1, 1) for s in shapes])
L = T.linalg
LINEAR = {
    "inverse": lambda x: L.inv(dominant(x)), "determinant": L.det, "logDeterminant": lambda x: L.slogdet(x).logabsdet,
    "cholesky": lambda x: L.cholesky(positive(x)), "matrixPower": lambda x: L.matrix_power(x, 3),
    "matrixPower negative": lambda x: L.matrix_power(dominant(x), -2), "eigh values": lambda x: L.eigh(x + x.mT).eigenvalues,
    "eigh vectors": lambda x: L.eigh(x + x.mT).eigenvectors.square(), "svd values": lambda x: L.svd(x).S,
}
for name, function in LINEAR.items():
    for spec in [((3, 3), -1, 1), ((2, 2, 2), -1, 1), ((4, 4), -1, 1, "transposed"), ((1, 1), 0.5, 1)]:
        cases.add(name, function, spec)
RECTANGULAR = {
    "qr q": lambda x: L.qr(x).Q.square(), "qr r": lambda x: L.qr(x).R.square(), "svd values": lambda x: L.svd(x, full_matrices=False).S,
    "svd u": lambda x: L.svd(x, full_matrices=False).U.square(), "svd v": lambda x: L.svd(x, full_matrices=False).Vh.square(),
    "pseudoinverse": L.pinv,
}
for name, function in RECTANGULAR.items():
    cases.add(name, function, ((4, 3), -1, 1))
    cases.add(name, function, ((2, 3, 2), -1, 1))
    if not name.startswith("qr"):
        cases.add(name, function, ((2, 4), -1, 1))
SOLVE = [((3, 3), (3, 2)), ((3, 3), (3,)), ((2, 2, 2), (2, 2, 1)), ((2, 2), (3, 2, 2)), ((2, 3, 3), (3, 1))]
for a, b in SOLVE:
    cases.add("solve", lambda a, b: L.solve(dominant(a), b), (a, -1, 1), (b, -1, 1))
cases.add("leastSquares", lambda a, b: L.pinv(a) @ b, ((4, 2), -1, 1), ((4, 3), -1, 1))
cases.add("leastSquares", lambda a, b: L.pinv(a) @ b, ((4, 2), -1, 1), ((4,), -1, 1))
for name in ("inverse", "determinant", "cholesky", "matrixPower"):
    cases.add(name, LINEAR[name], ((2, 1, 2, 2), -1, 1))
    cases.add(name, LINEAR[name], ((0, 2, 2), -1, 1), check=False)
cases.add("solve", lambda a, b: L.solve(dominant(a), b), ((1, 1), -1, 1), ((1, 1), -1, 1))
cases.add("solve", lambda a, b: L.solve(dominant(a), b), ((3, 3), -1, 1, "transposed"), ((3, 3), -1, 1, "every2"))
cases.write("tensor_matrix")

# --- layers ------------------------------------------------------------------------------------------------------------

cases = Cases()
CONV = {  # name: (x, weight, stride, padding, dilation, groups)
    "plain": ((2, 3, 5, 4), (4, 3, 3, 3), 1, 0, 1, 1), "strided": ((1, 2, 6, 7), (3, 2, 3, 2), (2, 3), (1, 0), 1, 1),
    "dilated": ((1, 2, 7, 6), (2, 2, 2, 3), 1, (2, 1), (3, 2), 1), "grouped": ((2, 4, 4, 4), (6, 2, 3, 3), 1, 1, 1, 2),
    "depthwise": ((1, 3, 5, 5), (3, 1, 3, 3), 2, 1, 1, 3), "pointwise": ((2, 3, 3, 2), (4, 3, 1, 1), 1, 0, 1, 1),
    "winograd": ((1, 3, 9, 10), (2, 3, 3, 3), 1, 1, 1, 1),
}
for name, (x, w, stride, padding, dilation, groups) in CONV.items():
    cases.add(f"conv2d {name}", lambda x, w, b: F.conv2d(x, w, b, stride, padding, dilation, groups), (x, -1, 1), (w, -1, 1), ((w[0],), -1, 1))
cases.add("conv2d relu", lambda x, w: T.relu(F.conv2d(x, w)), ((1, 2, 4, 4), -1, 1, "transposed"), ((2, 2, 3, 3), -1, 1))
TRANSPOSE = {  # name: (x, weight, bias, stride, padding, output padding, groups, dilation)
    "plain": ((1, 2, 3, 4), (2, 3, 3, 3), 3, 1, 0, 0, 1, 1), "strided": ((2, 2, 3, 2), (2, 3, 4, 3), 3, 2, 1, 1, 1, 1),
    "grouped": ((1, 4, 3, 3), (4, 2, 2, 2), 4, (2, 1), 0, (1, 0), 2, 1), "dilated": ((1, 2, 3, 3), (2, 2, 2, 3), 2, 1, 1, 0, 1, 2),
}
for name, (x, w, bias, stride, padding, extra, groups, dilation) in TRANSPOSE.items():
    cases.add(f"convTranspose2d {name}", lambda x, w, b: F.conv_transpose2d(x, w, b, stride, padding, extra, groups, dilation),
              (x, -1, 1), (w, -1, 1), ((bias,), -1, 1))
POOL = {
    "maxPool2d": lambda x: F.max_pool2d(x, 2), "maxPool2d padded": lambda x: F.max_pool2d(x, (3, 2), (2, 1), (1, 1)),
    "maxPool2d ceil": lambda x: F.max_pool2d(x, 3, 2, ceil_mode=True), "avgPool2d": lambda x: F.avg_pool2d(x, 2),
    "avgPool2d padded": lambda x: F.avg_pool2d(x, (3, 2), (2, 1), (1, 1)),
    "avgPool2d uncounted": lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False),
    "adaptiveAvgPool2d": lambda x: F.adaptive_avg_pool2d(x, (2, 3)), "adaptiveAvgPool2d global": lambda x: F.adaptive_avg_pool2d(x, 1),
}
for name, function in POOL.items():
    cases.add(name, function, ((2, 2, 5, 6), -1, 1))
    cases.add(name, function, ((1, 2, 6, 4), -1, 1, "transposed"))
for x in [(4, 3), (2, 3, 4), (3, 2, 2, 3)]:
    c = x[1]
    cases.add("batchNorm train", lambda x, w, b: F.batch_norm(x, None, None, w, b, True, 0.1, 1e-5), (x, -2, 2), ((c,), 0.5, 1.5), ((c,), -1, 1))
    cases.add("batchNorm eval", lambda x, w, b: F.batch_norm(x, T.full((c,), 0.25, dtype=x.dtype), T.full((c,), 1.5, dtype=x.dtype), w, b, False, 0.1, 1e-5),
              (x, -2, 2), ((c,), 0.5, 1.5), ((c,), -1, 1))
cases.add("batchNorm plain", lambda x: F.batch_norm(x, None, None, None, None, True), ((4, 3, 2), -2, 2, "transposed"))
cases.add("layerNorm", lambda x, w, b: F.layer_norm(x, (4,), w, b), ((2, 3, 4), -2, 2), ((4,), 0.5, 1.5), ((4,), -1, 1))
cases.add("layerNorm two", lambda x, w, b: F.layer_norm(x, (3, 4), w, b), ((2, 4, 3), -2, 2, "transposed"), ((3, 4), 0.5, 1.5), ((3, 4), -1, 1))
cases.add("layerNorm plain", lambda x: F.layer_norm(x, (5,)), ((3, 5), -2, 2))
cases.add("embedding", lambda w: F.embedding(I([[2, 0], [2, 1]]), w, padding_idx=1), ((3, 2), -1, 1), check=False)
cases.add("embeddingBag", lambda w, f: F.embedding_bag(I([2, 0, 2, 1]), w, I([0, 3]), mode="sum", per_sample_weights=f),
          ((3, 2), -1, 1), ((4,), -1, 1))
cases.add("embeddingBag mean", lambda w: F.embedding_bag(I([2, 0, 2, 1]), w, I([0, 1]), mode="mean"), ((3, 2), -1, 1))
cases.add("upsample nearest", lambda x: F.interpolate(x, scale_factor=(2, 1.5), mode="nearest"), ((1, 2, 3, 4), -1, 1))
cases.add("upsample size", lambda x: F.interpolate(x, size=(5, 3), mode="bilinear", align_corners=True), ((1, 2, 3, 4), -1, 1))
cases.add("upsample bilinear", lambda x: F.interpolate(x, scale_factor=(1.7, 2), mode="bilinear"), ((1, 2, 3, 4), -1, 1, "transposed"))
targets = I([2, 0, -100, 3])
cases.add("crossEntropyPerRow", lambda x: F.cross_entropy(x, targets, reduction="none"), ((4, 4), -3, 3))
cases.add("crossEntropyPerRow smoothed", lambda x: F.cross_entropy(x, targets, label_smoothing=0.2, reduction="none"), ((4, 4), -3, 3, "transposed"))
cases.add("crossEntropyPerRow weighted",
          lambda x: F.cross_entropy(x, targets, weight=T.tensor([0.5, 1, 1.5, 2], dtype=x.dtype), label_smoothing=0.1, reduction="none"), ((4, 4), -3, 3))
CONVOLVED = {name: (lambda x, w, b, c=c: F.conv2d(x, w, b, *c[2:])) for name, c in CONV.items()}
for name, x, w, view in [("plain", (1, 1, 1, 1), (1, 1, 1, 1), "plain"), ("plain", (0, 3, 5, 4), (2, 3, 3, 3), "plain"),
                         ("plain", (2, 2, 4, 5), (3, 2, 2, 3), "transposed"), ("strided", (1, 1, 5, 6), (1, 1, 2, 2), "reversed"),
                         ("winograd", (1, 2, 8, 7), (2, 2, 3, 3), "transposed"), ("depthwise", (0, 3, 5, 5), (3, 1, 3, 3), "plain"),
                         ("pointwise", (2, 3, 2, 5), (1, 3, 1, 1), "every2")]:
    cases.add(f"conv2d {name}", CONVOLVED[name], (x, -1, 1, view), (w, -1, 1), ((w[0],), -1, 1), check=0 not in x)
for x, w, view in [((1, 1, 1, 1), (1, 1, 1, 1), "plain"), ((0, 2, 3, 4), (2, 3, 3, 3), "plain"), ((1, 2, 4, 3), (2, 1, 2, 2), "transposed")]:
    cases.add("convTranspose2d plain", F.conv_transpose2d, (x, -1, 1, view), (w, -1, 1), ((w[1],), -1, 1), check=0 not in x)
for name, function in POOL.items():
    cases.add(name, function, ((1, 1, 3, 3), -1, 1))
    cases.add(name, function, ((0, 2, 5, 6), -1, 1), check=False)
    cases.add(name, function, ((2, 1, 4, 7), -1, 1, "every2"))
for x, view in [((2, 1), "plain"), ((3, 2, 4), "transposed"), ((2, 2, 1, 3), "reversed")]:
    c = {"transposed": x[-1]}.get(view, x[1])
    cases.add("batchNorm train", lambda x, w, b: F.batch_norm(x, None, None, w, b, True, 0.1, 1e-5), (x, -2, 2, view), ((c,), 0.5, 1.5), ((c,), -1, 1))
norm = lambda x, w, b: F.batch_norm(x, T.full((2,), 0.25, dtype=x.dtype), T.full((2,), 1.5, dtype=x.dtype), w, b, False, 0.1, 1e-5)
cases.add("batchNorm eval", norm, ((0, 2, 3), -2, 2), ((2,), 0.5, 1.5), ((2,), -1, 1), check=False)
cases.add("batchNorm eval", norm, ((1, 2), -2, 2), ((2,), 0.5, 1.5), ((2,), -1, 1))
for x, view in [((0, 4), "plain"), ((1, 1, 4), "plain"), ((4, 3), "transposed")][:2]:
    cases.add("layerNorm", lambda x, w, b: F.layer_norm(x, (4,), w, b), (x, -2, 2, view), ((4,), 0.5, 1.5), ((4,), -1, 1), check=0 not in x)
cases.add("layerNorm", lambda x, w, b: F.layer_norm(x, (4,), w, b), ((2, 4, 3), -2, 2, "transposed"), ((4,), 0.5, 1.5), ((4,), -1, 1))
cases.add("layerNorm plain", lambda x: F.layer_norm(x, (5,)), ((5, 2), -2, 2, "transposed"))
cases.add("embedding plain", lambda w: F.embedding(I([[2, 0], [2, 1]]), w), ((3, 2), -1, 1))
cases.add("embedding plain", lambda w: F.embedding(I([[2, 0], [2, 1]]), w), ((2, 3), -1, 1, "transposed"))
for name, function in {"upsample nearest": lambda x: F.interpolate(x, scale_factor=(2, 1.5), mode="nearest"),
                       "upsample bilinear": lambda x: F.interpolate(x, scale_factor=(1.7, 2), mode="bilinear")}.items():
    cases.add(name, function, ((1, 1, 1, 1), -1, 1))
    cases.add(name, function, ((2, 1, 4, 3), -1, 1, "transposed"))
cases.add("crossEntropyPerRow", lambda x: F.cross_entropy(x, targets, reduction="none"), ((4, 7), -30, 30, "every2"))
cases.write("tensor_layers")
