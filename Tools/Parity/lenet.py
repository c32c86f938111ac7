"""LeNet (book 6.6) in PyTorch: forward pass, loss, gradients and five steps of SGD, weights and inputs by formula."""

import pathlib

import torch
from torch import nn
from torch.nn import functional as F

import formula

OUTPUT = pathlib.Path(__file__).parents[2] / "Vision/Tests/VisionTests/Goldens/lenet.json"


def model():
    net = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.AvgPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10))
    with torch.no_grad():
        for stream, parameter in enumerate(net.parameters()):
            fan = parameter[0].numel() if parameter.dim() > 1 else 16
            bound = (3 / fan) ** 0.5
            parameter.copy_(torch.from_numpy(formula.uniform(parameter.shape, stream, -bound, bound)))
    return net


def main():
    net = model()
    x = torch.from_numpy(formula.uniform((8, 1, 28, 28), 100, 0, 1))
    y = torch.from_numpy(formula.integers((8,), 101, 0, 10))
    logits = net(x)
    loss = F.cross_entropy(logits, y)
    loss.backward()
    content = {"torch": torch.__version__, "logits": formula.whole(logits.detach().numpy()), "loss": loss.item()}
    for name, parameter in net.named_parameters():
        content[f"gradient {name}"] = formula.fingerprint(parameter.grad.numpy())

    net = model()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.9)
    losses = []
    for _ in range(5):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    content["losses"] = {"shape": [5], "values": losses}
    for name, parameter in net.named_parameters():
        content[f"trained {name}"] = formula.fingerprint(parameter.detach().numpy())
    formula.write(OUTPUT, content)


if __name__ == "__main__":
    main()
