"""Every CNN family in PyTorch with weights by formula: keys, logits in evaluation and in training, statistics after the step, features at named
places; of the smallest of each family all gradients too.

All numbers are computed in double precision, so that the reference has no rounding of its own. Needs torchvision beside torch; see the README of
this folder for how its wheel imports without a GPU.

    python vision_models.py [--check] [NAME ...]     # --check prints how far single precision is from double instead
"""

import copy
import pathlib
import sys
import zlib

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import formula
import operators  # noqa: F401  (before torchvision)
import torchvision.models as zoo

OUTPUT = pathlib.Path(__file__).parents[2] / "Vision/Tests/VisionTests/Goldens"
NAMES = ["alexnet", "vgg11", "vgg13", "vgg16", "vgg19", "vgg11_bn", "vgg13_bn", "vgg16_bn", "vgg19_bn", "nin", "googlenet",
         "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d", "resnext101_32x8d",
         "resnext101_64x4d", "wide_resnet50_2", "wide_resnet101_2", "densenet121", "densenet161", "densenet169",
         "densenet201", "squeezenet1_0", "squeezenet1_1", "mobilenet_v2", "cifar_resnet20", "cifar_resnet32",
         "cifar_resnet44", "cifar_resnet56", "cifar_resnet110"]
# The smallest of each family and of each kind of block: all gradients.
SMALLEST = {"alexnet", "vgg11", "vgg11_bn", "nin", "googlenet", "resnet18", "resnet50", "resnext50_32x4d", "wide_resnet50_2",
            "densenet121", "squeezenet1_0", "squeezenet1_1", "mobilenet_v2", "cifar_resnet20"}
# Places whose outputs are compared, by the names of the modules here.
FEATURES = {"vgg11": ["features.2", "features.10"], "vgg11_bn": ["features.3"], "alexnet": ["features.5"], "nin": ["features.2"],
            "googlenet": ["conv1", "inception3b", "inception4e"], "resnet18": ["layer1", "layer2.0", "layer4"],
            "resnet50": ["layer3.2"], "densenet121": ["features.transition1", "features.norm5"],
            "squeezenet1_1": ["features.3", "features.12"], "mobilenet_v2": ["features.6", "features.18"],
            "cifar_resnet20": ["layer2.1"]}


class CIFARBlock(nn.Module):
    def __init__(self, inputs, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.stride, self.added = stride, width - inputs

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        half = self.added // 2
        return F.relu(y + F.pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, half, half)))


class CIFARResNet(nn.Module):
    """Section 4.2 of He et al. (2015), option A."""

    def __init__(self, depth):
        super().__init__()
        count = (depth - 2) // 6
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = self.stage(16, 16, count, 1)
        self.layer2 = self.stage(16, 32, count, 2)
        self.layer3 = self.stage(32, 64, count, 2)
        self.linear = nn.Linear(64, 10)

    @staticmethod
    def stage(inputs, width, count, stride):
        return nn.Sequential(*[CIFARBlock(width if i else inputs, width, 1 if i else stride) for i in range(count)])

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))))
        return self.linear(x.mean((2, 3)))


class NiN(nn.Module):
    """Section 7.3 of the book."""

    def __init__(self):
        super().__init__()

        def block(inputs, outputs, kernel, stride, padding):
            return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, padding), nn.ReLU(), nn.Conv2d(outputs, outputs, 1),
                                 nn.ReLU(), nn.Conv2d(outputs, outputs, 1), nn.ReLU())

        self.features = nn.Sequential(block(3, 96, 11, 4, 0), nn.MaxPool2d(3, 2), block(96, 256, 5, 1, 2), nn.MaxPool2d(3, 2),
                                      block(256, 384, 3, 1, 1), nn.MaxPool2d(3, 2), nn.Dropout(), block(384, 1000, 3, 1, 1))

    def forward(self, x):
        return self.features(x).mean((2, 3))


def lifted(model):
    """The modules whose outputs `fill(smooth=True)` keeps well above zero: all that a ReLU may follow."""
    for name, module in model.named_modules():
        is_last = isinstance(module, nn.Linear) and module.out_features in (10, 1000)
        has_bias = isinstance(module, (nn.Conv2d, nn.Linear)) and module.bias is not None
        if isinstance(module, nn.BatchNorm2d) or has_bias and not is_last:
            yield name


def fill(model, smooth=False):
    """Weights by formula, the stream of each named by its key, scaled so that activations keep their size.

    With `smooth`, biases keep activations well above zero. Where one lies within rounding of the bend of a ReLU, the gradient jumps with the
    last bit, and dozens of normalisations in a row make last bits large: gradients of such weights are no measure.
    """
    high_up = set(lifted(model)) if smooth else set()
    norms = {name for name, module in model.named_modules() if isinstance(module, nn.BatchNorm2d)}
    with torch.no_grad():
        for key, tensor in model.state_dict().items():
            if not tensor.is_floating_point():
                continue
            owner = key.rpartition(".")[0]
            is_lifted, is_norm = owner in high_up, owner in norms
            if key.endswith("running_var"):
                low, high = 0.5, 1.5
            elif key.endswith("running_mean"):
                low, high = -0.1, 0.1
            elif tensor.dim() == 1 and key.endswith("weight"):
                low, high = (0.2, 0.3) if is_lifted else (0.8, 1.2)
            elif tensor.dim() == 1:
                low, high = ((1.0, 1.5) if is_norm else (2.0, 3.0)) if is_lifted else (-0.1, 0.1)
            else:
                bound = (6 / tensor[0].numel()) ** 0.5 * (0.3 if is_lifted else 1)
                low, high = -bound, bound
            stream = zlib.crc32(key.encode()) % 100_000
            tensor.copy_(torch.from_numpy(formula.uniform(tensor.shape, stream, low, high)))


def build(name):
    if name.startswith("cifar_resnet"):
        model = CIFARResNet(int(name.removeprefix("cifar_resnet")))
    elif name == "nin":
        model = NiN()
    else:
        options = {"aux_logits": True, "init_weights": False} if name == "googlenet" else {}
        model = getattr(zoo, name)(weights=None, **options)
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    return model


def size(name, training=False):
    if name.startswith("cifar"):
        return 32
    return 96 if name in ("alexnet", "nin") or training and name in SMALLEST else 64


def logits_and_loss(model, x, y):
    """Of GoogLeNet in training, the auxiliary heads count 0.3, as in the paper."""
    output = model(x)
    if torch.is_tensor(output):
        return output, F.cross_entropy(output, y)
    loss = sum(w * F.cross_entropy(o, y) for w, o in ((1, output.logits), (0.3, output.aux_logits1), (0.3, output.aux_logits2)))
    return torch.cat([output.logits, output.aux_logits1, output.aux_logits2]), loss


def evaluate(model, name, x):
    found = {}
    modules = dict(model.named_modules())
    for place in FEATURES.get(name, []):
        # A copy: what follows may change it in place.
        modules[place].register_forward_hook(lambda _, __, output, place=place: found.update({place: output.clone()}))
    model.eval()
    with torch.no_grad():
        return model(x), found


def train(model, name, x, y):
    model.train()
    logits, loss = logits_and_loss(model, x, y)
    loss.backward()
    buffers = [value.reshape(-1) for _, value in model.named_buffers() if value.is_floating_point()]
    return logits.detach(), loss, torch.cat(buffers) if buffers else None, {k: p.grad for k, p in model.named_parameters()}


def inputs(name, training=False):
    """Two images; four larger ones where gradients are compared, so that normalisation is over more than a handful of pixels."""
    count = 4 if training and name in SMALLEST else 2
    side = size(name, training)
    x = torch.from_numpy(formula.uniform((count, 3, side, side), 1, -1, 1))
    return x, torch.tensor([3, 7, 1, 9] if name.startswith("cifar") else [3, 700, 31, 9])[:count]


def case(name):
    x, _ = inputs(name)
    model = build(name)
    fill(model)
    content = {"parameters": sum(p.numel() for p in model.parameters()), "keys": formula.names(model.state_dict())}
    scores, features = evaluate(copy.deepcopy(model).double(), name, x.double())
    content["eval"] = formula.fingerprint(scores.numpy())
    if features:
        content["features"] = {key: formula.fingerprint(value.numpy(), 8, 2) for key, value in features.items()}
    fill(model, smooth=True)
    x, y = inputs(name, training=True)
    logits, loss, statistics, gradients = train(model.double(), name, x.double(), y)
    content["train"] = formula.fingerprint(logits.numpy())
    content["loss"] = loss.item()
    if statistics is not None:
        content["statistics"] = formula.fingerprint(statistics.numpy())
    if name in SMALLEST:
        content["gradients"] = {key: formula.fingerprint(value.numpy(), 2, 2) for key, value in gradients.items()}
    return content


def check(name):
    def error(a, b):
        return ((a.double() - b).abs().max() / b.pow(2).mean().sqrt().clamp_min(1e-300)).item()

    x, y = inputs(name, training=True)
    single = build(name)
    fill(single)
    double = copy.deepcopy(single).double()
    with torch.no_grad():
        parts = [f"eval {error(single.eval()(x), double.eval()(x.double())):.1e}"]
    for model in (single, double):
        fill(model, smooth=True)
    a, b = train(single, name, x, y), train(double, name, x.double(), y)
    parts.append(f"train {error(a[0], b[0]):.1e}")
    if a[2] is not None:
        parts.append(f"statistics {error(a[2], b[2]):.1e}")
    errors = {key: error(a[3][key], b[3][key]) for key in a[3]}
    worst = max(errors, key=errors.get)
    print(f"{name}: {', '.join(parts)}, gradients {errors[worst]:.1e} ({worst}), median {sorted(errors.values())[len(errors) // 2]:.1e}",
          flush=True)


def main():
    arguments = [a for a in sys.argv[1:] if not a.startswith("-")]
    for name in arguments or NAMES:
        if "--check" in sys.argv:
            check(name)
        else:
            formula.write(OUTPUT / f"{name}.json", case(name))


if __name__ == "__main__":
    main()
