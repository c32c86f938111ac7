"""The networks of the book's chapters 6, 7 and 12.6 in PyTorch with weights by formula: logits, loss, statistics and all gradients.

Keys are those of our models. What the book's code forgets is here as it should be: the ReLU in GoogLeNet's second part, the average
at the end of DenseNet. Needs torchvision, as vision_models.py does.
"""

import pathlib
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import formula
from vision_models import fill

OUTPUT = pathlib.Path(__file__).parents[2] / "Vision/Tests/VisionTests/Goldens"


def dense_head(inputs):
    return nn.Sequential(nn.Linear(inputs, 4096), nn.ReLU(), nn.Dropout(0.5), nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(0.5),
                         nn.Linear(4096, 10))


class Classified(nn.Module):
    """Convolutions, then dense layers."""

    def __init__(self, features, inputs):
        super().__init__()
        self.features = nn.Sequential(*features)
        self.classifier = dense_head(inputs)

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


def alexnet():
    return Classified([
        nn.Conv2d(1, 96, 11, 4, 1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Conv2d(96, 256, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(256, 384, 3, padding=1), nn.ReLU(), nn.Conv2d(384, 384, 3, padding=1), nn.ReLU(),
        nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2)], 256)


def vgg11():
    layers, inputs = [], 1
    for count, width in (1, 16), (1, 32), (2, 64), (2, 128), (2, 128):
        for _ in range(count):
            layers += [nn.Conv2d(inputs, width, 3, padding=1), nn.ReLU()]
            inputs = width
        layers.append(nn.MaxPool2d(2))
    return Classified(layers, 128 * 2 * 2)


class NiN(nn.Module):
    def __init__(self):
        super().__init__()

        def block(inputs, outputs, kernel, stride, padding):
            return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, padding), nn.ReLU(), nn.Conv2d(outputs, outputs, 1), nn.ReLU(),
                                 nn.Conv2d(outputs, outputs, 1), nn.ReLU())
        self.features = nn.Sequential(
            block(1, 96, 11, 4, 0), nn.MaxPool2d(3, 2), block(96, 256, 5, 1, 2), nn.MaxPool2d(3, 2), block(256, 384, 3, 1, 1),
            nn.MaxPool2d(3, 2), nn.Dropout(0.5), block(384, 10, 3, 1, 1))

    def forward(self, x):
        return self.features(x).mean((2, 3))


class Inception(nn.Module):
    def __init__(self, inputs, one, three, five, pooled):
        super().__init__()

        def conv(i, o, kernel):
            return nn.Conv2d(i, o, kernel, padding=kernel // 2), nn.ReLU()
        self.p1 = nn.Sequential(*conv(inputs, one, 1))
        self.p2 = nn.Sequential(*conv(inputs, three[0], 1), *conv(three[0], three[1], 3))
        self.p3 = nn.Sequential(*conv(inputs, five[0], 1), *conv(five[0], five[1], 5))
        self.p4 = nn.Sequential(nn.MaxPool2d(3, 1, 1), *conv(inputs, pooled, 1))

    def forward(self, x):
        return torch.cat([self.p1(x), self.p2(x), self.p3(x), self.p4(x)], 1)


class GoogLeNet(nn.Module):
    def __init__(self):
        super().__init__()

        def pool():
            return nn.MaxPool2d(3, 2, 1)
        self.b1 = nn.Sequential(nn.Conv2d(1, 64, 7, 2, 3), nn.ReLU(), pool())
        self.b2 = nn.Sequential(nn.Conv2d(64, 64, 1), nn.ReLU(), nn.Conv2d(64, 192, 3, padding=1), nn.ReLU(), pool())
        self.b3 = nn.Sequential(Inception(192, 64, (96, 128), (16, 32), 32), Inception(256, 128, (128, 192), (32, 96), 64), pool())
        self.b4 = nn.Sequential(
            Inception(480, 192, (96, 208), (16, 48), 64), Inception(512, 160, (112, 224), (24, 64), 64),
            Inception(512, 128, (128, 256), (24, 64), 64), Inception(512, 112, (144, 288), (32, 64), 64),
            Inception(528, 256, (160, 320), (32, 128), 128), pool())
        self.b5 = nn.Sequential(Inception(832, 256, (160, 320), (32, 128), 128), Inception(832, 384, (192, 384), (48, 128), 128))
        self.fc = nn.Linear(1024, 10)

    def forward(self, x):
        return self.fc(self.b5(self.b4(self.b3(self.b2(self.b1(x))))).mean((2, 3)))


def batch_norm_lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.BatchNorm2d(6), nn.Sigmoid(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.BatchNorm2d(16), nn.Sigmoid(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(256, 120), nn.BatchNorm1d(120), nn.Sigmoid(), nn.Linear(120, 84), nn.BatchNorm1d(84),
        nn.Sigmoid(), nn.Linear(84, 10))


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None if inputs == outputs else nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (self.downsample(x) if self.downsample else x))


class ResNet18(nn.Module):
    def __init__(self, small):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 64, 3, padding=1) if small else nn.Conv2d(1, 64, 7, 2, 3)
        self.bn1 = nn.BatchNorm2d(64)
        self.pool = nn.Identity() if small else nn.MaxPool2d(3, 2, 1)
        for number, (inputs, outputs) in enumerate(((64, 64), (64, 128), (128, 256), (256, 512)), 1):
            stage = nn.Sequential(Residual(inputs, outputs, 1 if number == 1 else 2), Residual(outputs, outputs, 1))
            setattr(self, f"layer{number}", stage)
        self.fc = nn.Linear(512, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.bn1(self.conv1(x))))
        return self.fc(self.layer4(self.layer3(self.layer2(self.layer1(x)))).mean((2, 3)))


class DenseBlock(nn.Module):
    def __init__(self, inputs):
        super().__init__()
        self.net = nn.ModuleList(
            nn.Sequential(nn.BatchNorm2d(c), nn.ReLU(), nn.Conv2d(c, 32, 3, padding=1)) for c in range(inputs, inputs + 128, 32))

    def forward(self, x):
        for layer in self.net:
            x = torch.cat([x, layer(x)], 1)
        return x


class DenseNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, 64, 7, 2, 3), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        layers, channels = [], 64
        for index in range(4):
            layers.append(DenseBlock(channels))
            channels += 128
            if index < 3:
                layers.append(nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, channels // 2, 1), nn.AvgPool2d(2)))
                channels //= 2
        self.blocks = nn.Sequential(*layers)
        self.norm = nn.BatchNorm2d(channels)
        self.fc = nn.Linear(channels, 10)

    def forward(self, x):
        return self.fc(F.relu(self.norm(self.blocks(self.stem(x)))).mean((2, 3)))


# How a network is made, the size of its images (small, but not so small that deep normalisations average over a handful of pixels), and their stream: one
# where no activation lies within rounding of the bend of a ReLU or of its rival in a maximum, at which gradients jump.
NETWORKS = {
    "book_alexnet": (alexnet, 67, 1), "book_vgg11": (vgg11, 64, 1), "book_nin": (NiN, 96, 1), "book_googlenet": (GoogLeNet, 64, 3),
    "book_batch_norm_lenet": (batch_norm_lenet, 28, 1), "book_resnet18": (lambda: ResNet18(False), 96, 1),
    "book_small_resnet18": (lambda: ResNet18(True), 28, 1), "book_densenet": (DenseNet, 96, 2)}


def case(name):
    torch.manual_seed(0)
    make, size, stream = NETWORKS[name]
    model = make()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    fill(model)
    # In double precision: the reference has no rounding of its own.
    model.double()
    x = torch.from_numpy(formula.uniform((4, 1, size, size), stream, -1, 1)).double()
    y = torch.tensor([3, 7, 0, 9])
    model.eval()
    with torch.no_grad():
        content = {"size": size, "stream": stream, "keys": list(model.state_dict()), "eval": formula.fingerprint(model(x).numpy())}
    model.train()
    logits = model(x)
    content["train"] = formula.fingerprint(logits.detach().numpy())
    loss = F.cross_entropy(logits, y)
    content["loss"] = loss.item()
    buffers = [v.numpy().reshape(-1) for v in model.buffers() if v.is_floating_point()]
    if buffers:
        content["statistics"] = formula.fingerprint(np.concatenate(buffers))
    loss.backward()
    content["gradients"] = {k: formula.fingerprint(p.grad.numpy(), 4, 2) for k, p in model.named_parameters()}
    return content


def main():
    for name in sys.argv[1:] or NETWORKS:
        formula.write(OUTPUT / f"{name}.json", case(name))


if __name__ == "__main__":
    main()
