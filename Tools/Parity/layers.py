"""Goldens of layers from PyTorch 2.13: outputs and every gradient, in training and in evaluation.

Run from the repository's root: python Tools/Parity/layers.py
"""

import torch
from torch import nn

from cases import Goldens, given, ids, real

ALL = ("one", "empty", "transposed")


def layers():
    g = Goldens(vary=ALL)
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
    g.add("batch_norm2d", nn.BatchNorm2d(3), real(4, 3, 2, 5))
    g.add("batch_norm2d_plain", nn.BatchNorm2d(3, affine=False, momentum=None, eps=1e-3), real(4, 3, 2, 2))
    g.add("batch_norm2d_untracked", nn.BatchNorm2d(2, track_running_stats=False), real(3, 2, 2, 2))
    g.add("batch_norm1d", nn.BatchNorm1d(5, momentum=0.3), real(6, 5))
    g.add("batch_norm1d_length", nn.BatchNorm1d(3), real(4, 3, 5))
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


if __name__ == "__main__":
    torch.manual_seed(0)
    layers()
