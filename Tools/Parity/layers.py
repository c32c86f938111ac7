"""Goldens of layers: outputs and every gradient, in training and in evaluation, from PyTorch 2.13.

Weights, inputs and upstream gradients are numbers by formula (formula.py), float32 values on which PyTorch computes in double, so that the
reference has no rounding of its own. Parameter k in the order of sorted names is stream 10 + k, input k stream 300 + k, the
upstream gradient of output k stream 500 + k.

Run from the repository's root: python Tools/Parity/layers.py
"""

import math
import pathlib

import numpy as np
import torch
from torch import nn

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


def outputs_of(result):
    found = []
    for part in result if isinstance(result, (tuple, list)) else [result]:
        found += outputs_of(part) if isinstance(part, (tuple, list)) else [part]
    return found


class Goldens:
    def __init__(self):
        self.entries = {}

    def add(self, name, module, *specs, call=None, modes=("train",), scale=0.6):
        """One case: `call(module, *inputs)` gives the outputs, by default module(*inputs)."""
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
            outputs = outputs_of(call(module, *inputs))
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


BOTH = ("train", "eval")


def layers():
    g = Goldens()
    # Activations, around zero and far from it.
    wide = real(3, 7, low=-8, high=8)
    g.add("relu", nn.ReLU(), wide)
    g.add("sigmoid", nn.Sigmoid(), wide)
    g.add("tanh", nn.Tanh(), wide)
    g.add("leaky_relu", nn.LeakyReLU(0.2), wide)
    g.add("prelu", nn.PReLU(), wide)
    g.add("prelu_channels", nn.PReLU(4), real(2, 4, 3, 2))
    g.add("elu", nn.ELU(1.3), wide)
    g.add("gelu", nn.GELU(), wide)
    g.add("gelu_tanh", nn.GELU(approximate="tanh"), wide)
    g.add("silu", nn.SiLU(), wide)
    g.add("softplus", nn.Softplus(), wide)
    g.add("softplus_beta", nn.Softplus(beta=2.5), real(3, 7, low=-3, high=3))
    g.add("log_sigmoid", nn.LogSigmoid(), wide)
    g.add("hardtanh", nn.Hardtanh(-0.5, 2), wide)
    g.add("relu6", nn.ReLU6(), wide)
    g.add("softmax", nn.Softmax(dim=-1), wide)
    g.add("softmax_channels", nn.Softmax(dim=1), real(2, 5, 3))
    g.add("log_softmax", nn.LogSoftmax(dim=-1), wide)

    # Linear maps and shapes.
    g.add("linear", nn.Linear(5, 3), real(4, 5))
    g.add("linear_no_bias", nn.Linear(5, 3, bias=False), real(2, 3, 5))
    g.add("bilinear", nn.Bilinear(3, 4, 5), real(6, 3), real(6, 4))
    g.add("bilinear_deep", nn.Bilinear(3, 4, 2, bias=False), real(2, 3, 3), real(2, 3, 4))
    g.add("identity", nn.Identity(), real(2, 3))
    g.add("flatten", nn.Flatten(), real(2, 3, 4))
    g.add("unflatten", nn.Unflatten(1, (3, 2)), real(2, 6))

    # Convolutions.
    g.add("conv2d", nn.Conv2d(3, 4, 3), real(2, 3, 7, 6))
    g.add("conv2d_strided", nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2), real(2, 4, 8, 7))
    g.add("conv2d_depthwise", nn.Conv2d(4, 4, 3, padding=1, groups=4, bias=False), real(2, 4, 6, 6))
    g.add("conv2d_same", nn.Conv2d(3, 2, 3, padding="same"), real(2, 3, 5, 6))
    g.add("conv2d_same_even", nn.Conv2d(2, 3, (4, 2), padding="same"), real(2, 2, 5, 6))
    g.add("conv2d_same_dilated", nn.Conv2d(2, 3, 2, padding="same", dilation=3), real(1, 2, 6, 7))
    g.add("conv1d", nn.Conv1d(3, 4, 3), real(2, 3, 9))
    g.add("conv1d_strided", nn.Conv1d(4, 2, 2, stride=2, padding=1, dilation=2, groups=2), real(3, 4, 10))
    g.add("conv1d_same_even", nn.Conv1d(2, 3, 4, padding="same", bias=False), real(2, 2, 7))
    g.add("conv_transpose2d", nn.ConvTranspose2d(3, 2, 4, stride=2, padding=1), real(2, 3, 4, 3))
    g.add(
        "conv_transpose2d_groups",
        nn.ConvTranspose2d(4, 6, (3, 2), stride=(2, 3), padding=(1, 0), output_padding=(1, 2), groups=2, dilation=(2, 1)),
        real(2, 4, 3, 4),
    )
    g.add("conv_transpose2d_no_bias", nn.ConvTranspose2d(5, 3, 4, bias=False), real(2, 5, 1, 1))

    # Pooling.
    g.add("max_pool2d", nn.MaxPool2d(3, stride=2, padding=1), real(2, 3, 7, 8))
    g.add("max_pool2d_ceil", nn.MaxPool2d((2, 3), ceil_mode=True), real(2, 2, 7, 8))
    g.add("avg_pool2d", nn.AvgPool2d(2), real(2, 3, 6, 7))
    g.add("avg_pool2d_padded", nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False), real(2, 2, 6, 7))
    g.add("avg_pool2d_ceil", nn.AvgPool2d(3, stride=2, padding=1, ceil_mode=True), real(2, 2, 6, 7))
    g.add("max_pool1d", nn.MaxPool1d(3, stride=2, padding=1), real(2, 3, 9))
    g.add("avg_pool1d", nn.AvgPool1d(2), real(2, 3, 9))
    g.add("adaptive_avg_pool2d", nn.AdaptiveAvgPool2d((3, 2)), real(2, 2, 7, 5))
    g.add("adaptive_avg_pool1d", nn.AdaptiveAvgPool1d(3), real(2, 2, 7))
    g.add("adaptive_max_pool2d", nn.AdaptiveMaxPool2d((3, 2)), real(2, 2, 7, 5))
    g.add("adaptive_max_pool2d_even", nn.AdaptiveMaxPool2d(2), real(2, 2, 6, 4))
    squeeze = lambda module, x: module(x).flatten(1)
    g.add("global_avg_pool2d", nn.AdaptiveAvgPool2d(1), real(2, 3, 4, 5), call=squeeze)
    g.add("global_max_pool2d", nn.AdaptiveMaxPool2d(1), real(2, 3, 4, 5), call=squeeze)
    g.add("global_avg_pool1d", nn.AdaptiveAvgPool1d(1), real(2, 3, 6), call=squeeze)
    g.add("global_max_pool1d", nn.AdaptiveMaxPool1d(1), real(2, 3, 6), call=squeeze)

    # Upsampling.
    g.add("upsample_nearest", nn.Upsample(scale_factor=2), real(2, 2, 3, 4))
    g.add("upsample_nearest_size", nn.Upsample(size=(5, 7)), real(1, 2, 3, 4))
    g.add("upsample_bilinear", nn.Upsample(scale_factor=2, mode="bilinear"), real(2, 2, 3, 4))
    g.add("upsample_bilinear_ratio", nn.Upsample(scale_factor=1.7, mode="bilinear"), real(1, 2, 5, 4))
    g.add("upsample_bilinear_down", nn.Upsample(size=(2, 3), mode="bilinear"), real(1, 2, 5, 4))
    g.add("upsample_bilinear_aligned", nn.Upsample(size=(7, 5), mode="bilinear", align_corners=True), real(1, 2, 3, 4))

    # Normalization.
    g.add("batch_norm2d", nn.BatchNorm2d(3), real(4, 3, 2, 5), modes=BOTH)
    g.add("batch_norm2d_plain", nn.BatchNorm2d(3, affine=False, momentum=None, eps=1e-3), real(4, 3, 2, 2), modes=BOTH)
    g.add("batch_norm2d_untracked", nn.BatchNorm2d(2, track_running_stats=False), real(3, 2, 2, 2), modes=BOTH)
    g.add("batch_norm1d", nn.BatchNorm1d(5, momentum=0.3), real(6, 5), modes=BOTH)
    g.add("batch_norm1d_length", nn.BatchNorm1d(3), real(4, 3, 5), modes=BOTH)
    g.add("layer_norm", nn.LayerNorm(6), real(2, 3, 6))
    g.add("layer_norm_deep", nn.LayerNorm((3, 4), eps=1e-3), real(2, 3, 4))
    g.add("layer_norm_no_bias", nn.LayerNorm(6, bias=False), real(4, 6))
    g.add("layer_norm_plain", nn.LayerNorm(6, elementwise_affine=False), real(4, 6))
    g.add("group_norm", nn.GroupNorm(2, 6), real(2, 6, 3, 2))
    g.add("group_norm_plain", nn.GroupNorm(3, 6, affine=False), real(3, 6, 4))
    g.add("instance_norm2d", nn.InstanceNorm2d(3), real(2, 3, 3, 4))
    g.add("instance_norm2d_affine", nn.InstanceNorm2d(3, affine=True), real(2, 3, 3, 4))

    # Tables.
    g.add("embedding", nn.Embedding(7, 3), ids(4, 5, below=7))
    g.add("embedding_padding", nn.Embedding(5, 2, padding_idx=1), ids(3, 4, below=5))
    for mode in ("sum", "mean", "max"):
        g.add(f"embedding_bag_{mode}", nn.EmbeddingBag(6, 3, mode=mode), ids(3, 4, below=6))
        g.add(f"embedding_bag_{mode}_padding", nn.EmbeddingBag(6, 3, mode=mode, padding_idx=2), ids(3, 5, below=6))
        g.add(
            f"embedding_bag_{mode}_offsets",
            nn.EmbeddingBag(6, 3, mode=mode),
            ids(9, below=6),
            given([0, 4, 4, 6]),
        )
    g.add(
        "embedding_bag_weighted",
        nn.EmbeddingBag(6, 3, mode="sum"),
        ids(3, 4, below=6),
        real(3, 4),
        call=lambda module, i, w: module(i, per_sample_weights=w),
    )
    g.write("layers")


def packed(module, x, lengths, *states):
    """The call with valid lengths: outputs past the end are zero."""
    first = module.batch_first
    sequence = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=first, enforce_sorted=False)
    state = None if not states else states[0] if len(states) == 1 else tuple(states)
    output, final = module(sequence, state)
    total = x.shape[1 if first else 0]
    return nn.utils.rnn.pad_packed_sequence(output, batch_first=first, total_length=total)[0], final


def with_state(module, x, *states):
    return module(x, states[0] if len(states) == 1 else tuple(states))


def one_hot(module, numbers):
    return module(nn.functional.one_hot(numbers, module.input_size).double())


def recurrent():
    g = Goldens()
    kinds = {
        "rnn_tanh": (nn.RNN, {"nonlinearity": "tanh"}, nn.RNNCell),
        "rnn_relu": (nn.RNN, {"nonlinearity": "relu"}, nn.RNNCell),
        "gru": (nn.GRU, {}, nn.GRUCell),
        "lstm": (nn.LSTM, {}, nn.LSTMCell),
    }
    for name, (kind, options, cell) in kinds.items():
        states = lambda *shape: [real(*shape)] * (2 if name == "lstm" else 1)
        g.add(f"{name}/plain", kind(4, 5, **options), real(6, 3, 4))
        g.add(f"{name}/wide", kind(3, 21, **options), real(3, 19, 3), *states(1, 19, 21), call=with_state, scale=0.3)
        g.add(f"{name}/deep", kind(3, 4, num_layers=3, **options), real(5, 2, 3), *states(3, 2, 4), call=with_state)
        g.add(
            f"{name}/both",
            kind(3, 4, num_layers=2, bidirectional=True, batch_first=True, **options),
            real(2, 5, 3),
            *states(4, 2, 4),
            call=with_state,
        )
        g.add(
            f"{name}/lengths",
            kind(3, 4, num_layers=2, bidirectional=True, **options),
            real(6, 4, 3),
            given([3, 6, 1, 5]),
            *states(4, 4, 4),
            call=packed,
        )
        g.add(
            f"{name}/lengths_from_zero",
            kind(3, 4, bidirectional=True, batch_first=True, bias=False, **options),
            real(3, 5, 3),
            given([2, 4, 5]),
            call=packed,
        )
        g.add(f"{name}/ids", kind(5, 4, bidirectional=True, **options), ids(4, 3, below=5), call=one_hot)
        g.add(f"{name}/cell", cell(3, 4, **options), real(2, 3), *states(2, 4), call=with_state)
        g.add(f"{name}/cell_from_zero", cell(3, 4, bias=False, **options), real(2, 3))
    g.write("recurrent")


if __name__ == "__main__":
    torch.manual_seed(0)
    layers()
    recurrent()
