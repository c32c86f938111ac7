"""Every torchvision family in PyTorch with weights by formula: logits in evaluation; of small ones also training, statistics, gradients.

Needs torchvision beside torch; see the README of this folder for how its wheel imports without a GPU.
"""

import pathlib
import sys
import zlib

import numpy as np
import torch
from torch.nn import functional as F

import formula
import operators  # noqa: F401  (before torchvision)
import torchvision.models as zoo

OUTPUT = pathlib.Path(__file__).parents[2] / "Vision/Tests/VisionTests/Goldens"
# Compared in training mode too. Deeper networks normalise over so few pixels of these small images that rounding is amplified a
# thousandfold on the way back: their numbers would say nothing.
TRAINED = {"alexnet", "vgg11", "resnet18", "squeezenet1_1"}
NAMES = ["alexnet", "vgg11", "vgg13", "vgg16", "vgg19", "vgg11_bn", "vgg13_bn", "vgg16_bn", "vgg19_bn", "googlenet",
         "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d", "resnext101_32x8d",
         "resnext101_64x4d", "wide_resnet50_2", "wide_resnet101_2", "densenet121", "densenet161", "densenet169",
         "densenet201", "squeezenet1_0", "squeezenet1_1", "mobilenet_v2"]


def fill(model):
    """Weights by formula, the stream of each named by its key, scaled so that activations keep their size."""
    with torch.no_grad():
        for key, tensor in model.state_dict().items():
            if not tensor.is_floating_point():
                continue
            stream = zlib.crc32(key.encode()) % 100_000
            if key.endswith("running_var"):
                low, high = 0.5, 1.5
            elif key.endswith("running_mean"):
                low, high = -0.1, 0.1
            elif tensor.dim() == 1:
                low, high = (0.8, 1.2) if key.endswith("weight") else (-0.1, 0.1)
            else:
                bound = (6 / tensor[0].numel()) ** 0.5
                low, high = -bound, bound
            tensor.copy_(torch.from_numpy(formula.uniform(tensor.shape, stream, low, high)))


def build(name):
    options = {"aux_logits": True, "init_weights": False} if name == "googlenet" else {}
    model = getattr(zoo, name)(weights=None, **options)
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    fill(model)
    return model


def case(name):
    torch.manual_seed(0)
    model = build(name)
    x = torch.from_numpy(formula.uniform((2, 3, 64, 64), 1, -1, 1))
    if name in ("alexnet",):
        x = torch.from_numpy(formula.uniform((2, 3, 96, 96), 1, -1, 1))
    y = torch.tensor([3, 700])
    model.eval()
    with torch.no_grad():
        content = {"parameters": sum(p.numel() for p in model.parameters()), "keys": list(model.state_dict()),
                   "eval": formula.fingerprint(model(x).numpy())}
    if name not in TRAINED:
        return content
    model.train()
    logits = model(x)
    content["train"] = formula.fingerprint(logits.detach().numpy())
    loss = F.cross_entropy(logits, y)
    content["loss"] = loss.item()
    buffers = [(k, v) for k, v in model.named_buffers() if v.is_floating_point()]
    if buffers:
        content["statistics"] = formula.fingerprint(np.concatenate([v.numpy().reshape(-1) for _, v in buffers]))
    loss.backward()
    content["gradients"] = {k: formula.fingerprint(p.grad.numpy(), 4, 2) for k, p in model.named_parameters()}
    return content


def main():
    for name in sys.argv[1:] or NAMES:
        formula.write(OUTPUT / f"{name}.json", case(name))


if __name__ == "__main__":
    main()
