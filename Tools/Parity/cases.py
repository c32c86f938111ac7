"""What the golden scripts of layers, recurrent layers, attention and losses share.

Weights, inputs and upstream gradients are numbers by formula (formula.py), float32 values on which PyTorch computes in double, so that the
reference has no rounding of its own. Parameter k in the order of sorted names is stream 10 + k, input k stream 300 + k, the
upstream gradient of output k stream 500 + k.

A layer runs in training and in evaluation; where both give the same, evaluation is a mark. Cases called `name~kind` are the same
module with other inputs: a batch of one, an empty batch, and inputs seen through a transpose, which do not lie dense.
"""

import copy
import pathlib

import numpy as np
import torch

import formula

OUT = pathlib.Path(__file__).parents[2] / "Core/Tests/LayersTests/Goldens"
WHOLE_UP_TO = 40


def short(value):
    """Ten digits are five more than the tolerance needs."""
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, list):
        return [short(v) for v in value]
    if isinstance(value, dict):
        return {k: short(v) for k, v in value.items()}
    return value


def stored(tensor):
    array = tensor.detach().double().numpy()
    return short(formula.whole(array) if array.size <= WHOLE_UP_TO else formula.fingerprint(array))


def real(*shape, low=-1.0, high=1.0):
    return {"shape": list(shape), "low": low, "high": high}


def ids(*shape, below, low=0):
    return {"shape": list(shape), "ids": [low, below]}


def given(values):
    """Whole numbers as they stand."""
    return {"shape": list(np.shape(values)), "given": np.asarray(values).reshape(-1).tolist()}


def make_input(spec, stream):
    if "ids" in spec:
        return torch.from_numpy(formula.integers(spec["shape"], stream, *spec["ids"]))
    if "given" in spec:
        return torch.tensor(spec["given"]).reshape(spec["shape"])
    array = formula.uniform(spec["shape"], stream, spec["low"], spec["high"])
    return torch.from_numpy(array).double().requires_grad_()


def seen(leaf, spec):
    return leaf.transpose(-1, -2) if spec.get("view") == "transposed" else leaf


def one(spec):
    """The same with a batch of one."""
    return spec | {"shape": [1] + spec["shape"][1:]}


def empty(spec):
    return spec | {"shape": [0] + spec["shape"][1:]}


def transposed(spec):
    shape = spec["shape"]
    return spec if "low" not in spec or len(shape) < 2 else spec | {"shape": shape[:-2] + shape[:-3:-1], "view": "transposed"}


VARIANTS = {"one": one, "empty": empty, "transposed": transposed}


def outputs_of(result):
    found = []
    for part in result if isinstance(result, (tuple, list)) else [result]:
        found += outputs_of(part) if isinstance(part, (tuple, list)) else [part]
    return found


class Goldens:
    def __init__(self, vary=()):
        """`vary`: the variants of every case that does not say otherwise."""
        self.entries = {}
        self.vary = vary

    def add(self, name, module, *specs, call=None, modes=("train", "eval"), scale=0.6, vary=None):
        """One case, and its variants of the kinds in `vary`: `call(module, *inputs)` gives the outputs, by default module(*inputs)."""
        for kind in self.vary if vary is None else vary:
            varied = [VARIANTS[kind](spec) for spec in specs]
            if any("given" in spec for spec in specs) or varied == list(specs):
                continue
            self.add_if_accepted(f"{name}~{kind}", module, varied, call, modes, scale)
        call = call or (lambda module, *inputs: module(*inputs))
        module = module.double() if module is not None else None
        state = dict(module.state_dict()) if module is not None else {}
        if module is not None:
            self.set_parameters(module, scale)
        self.entries[f"{name}/keys"] = {key: list(value.shape) for key, value in state.items()}
        self.entries[f"{name}/inputs"] = list(specs)
        self.entries[f"{name}/scale"] = scale
        for mode in modes:
            inputs = [make_input(spec, 300 + k) for k, spec in enumerate(specs)]
            if module is not None:
                module.train(mode == "train")
                module.zero_grad()
            outputs = outputs_of(call(module, *(seen(i, spec) for i, spec in zip(inputs, specs))))
            loss = sum(
                (o * torch.from_numpy(formula.uniform(o.shape, 500 + k)).double()).sum()
                for k, o in enumerate(outputs)
                if o.requires_grad
            )
            loss.backward()
            for k, o in enumerate(outputs):
                self.entries[f"{name}/{mode}/output{k}"] = stored(o)
            for k, i in enumerate(inputs):
                if i.requires_grad:
                    self.entries[f"{name}/{mode}/input{k}"] = stored(torch.zeros_like(i) if i.grad is None else i.grad)
            if module is not None:
                for key, parameter in module.named_parameters():
                    self.entries[f"{name}/{mode}/gradient.{key}"] = stored(
                        torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
                    )
                for key, buffer in module.named_buffers():
                    self.entries[f"{name}/{mode}/buffer.{key}"] = stored(buffer)
        self.join(name)

    def add_if_accepted(self, name, module, specs, call, modes, scale):
        """A variant in the modes that PyTorch accepts it in: batch normalisation cannot average one number."""
        for some in dict.fromkeys([modes, ("eval",)]):
            try:
                return self.add(name, copy.deepcopy(module), *specs, call=call, modes=some, scale=scale, vary=())
            except (ValueError, RuntimeError, IndexError) as error:
                print(f"{name} in {' and '.join(some)}: {error}")
                self.entries = {key: value for key, value in self.entries.items() if not key.startswith(f"{name}/")}

    def join(self, name):
        """Replaces what evaluation gave by a mark where it is what training gave."""
        parts = {mode: {k.removeprefix(f"{name}/{mode}/"): v for k, v in self.entries.items() if k.startswith(f"{name}/{mode}/")}
                 for mode in ("train", "eval")}
        if parts["train"] and parts["train"] == parts["eval"]:
            self.entries = {k: v for k, v in self.entries.items() if not k.startswith(f"{name}/eval/")}
            self.entries[f"{name}/eval"] = "as in training"

    @staticmethod
    def set_parameters(module, scale):
        for k, (key, parameter) in enumerate(sorted(module.named_parameters())):
            values = formula.uniform(parameter.shape, 10 + k, -scale, scale)
            parameter.data = torch.from_numpy(values).double()
        for key, buffer in module.named_buffers():
            if key.endswith("running_mean"):
                buffer.copy_(torch.from_numpy(formula.uniform(buffer.shape, 200, -0.5, 0.5)))
            if key.endswith("running_var"):
                buffer.copy_(torch.from_numpy(formula.uniform(buffer.shape, 201, 0.5, 1.5)))

    def write(self, name):
        formula.write(OUT / f"{name}.json", self.entries)
