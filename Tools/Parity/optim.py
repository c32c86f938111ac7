"""Goldens of optimizers, schedules and clipping from PyTorch 2.13.

Two parameters of formula values, each in a group of its own (the second with half the rate and twice the decay), take 20 steps along gradients by
formula that also depend on the value: g = formula + 0.3 w, so that every step feeds on the one before. PyTorch computes in double on float32
inputs. Parameter k is stream 1 + k, its gradient at step t stream 100 (k + 1) + t.
Tables whose gradients are sparse take steps of their own. Yogi, which PyTorch has not, follows book 11.10 here.

Run from the repository's root: python Tools/Parity/optim.py
"""

import math
import pathlib

import numpy as np
import torch

import formula

OUT = pathlib.Path(__file__).parents[2] / "Core/Tests/OptimTests/Goldens"
SHAPES = [(3, 4), (5,)]
STEPS, KEPT = 20, (1, 2, 7, 20)


class Yogi(torch.optim.Optimizer):
    """Book 11.10, the gradient with weight decay as in Adam."""

    def __init__(self, params, lr=1e-2, betas=(0.9, 0.999), eps=1e-3, weight_decay=0):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            (b1, b2), lr, eps = group["betas"], group["lr"], group["eps"]
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state.update(t=0, v=torch.zeros_like(p), s=torch.zeros_like(p))
                state["t"] += 1
                g = p.grad + group["weight_decay"] * p
                v = state["v"] = b1 * state["v"] + (1 - b1) * g
                s = state["s"] = state["s"] + (1 - b2) * torch.sign(g**2 - state["s"]) * g**2
                v_hat, s_hat = v / (1 - b1 ** state["t"]), s / (1 - b2 ** state["t"])
                p -= lr * v_hat / (torch.sqrt(s_hat) + eps)


OPTIMIZERS = {
    "sgd": (torch.optim.SGD, dict(lr=0.1)),
    "sgd_decay": (torch.optim.SGD, dict(lr=0.1, weight_decay=0.2)),
    "sgd_momentum": (torch.optim.SGD, dict(lr=0.05, momentum=0.9)),
    "sgd_momentum_decay_dampening": (torch.optim.SGD, dict(lr=0.05, momentum=0.8, dampening=0.3, weight_decay=0.1)),
    "sgd_nesterov_decay": (torch.optim.SGD, dict(lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.1)),
    "adagrad": (torch.optim.Adagrad, dict(lr=0.1)),
    "adagrad_decay": (torch.optim.Adagrad, dict(lr=0.1, lr_decay=0.05, weight_decay=0.1, initial_accumulator_value=0.2, eps=1e-6)),
    "rmsprop": (torch.optim.RMSprop, dict(lr=0.02)),
    "rmsprop_decay": (torch.optim.RMSprop, dict(lr=0.02, alpha=0.9, eps=1e-6, weight_decay=0.1)),
    "rmsprop_momentum_decay": (torch.optim.RMSprop, dict(lr=0.02, alpha=0.9, momentum=0.7, weight_decay=0.1)),
    "rmsprop_centered": (torch.optim.RMSprop, dict(lr=0.02, alpha=0.9, centered=True, eps=1e-3)),
    "rmsprop_centered_momentum_decay": (
        torch.optim.RMSprop,
        dict(lr=0.02, alpha=0.9, centered=True, eps=1e-3, momentum=0.5, weight_decay=0.1),
    ),
    "adadelta": (torch.optim.Adadelta, dict()),
    "adadelta_decay": (torch.optim.Adadelta, dict(lr=0.5, rho=0.95, eps=1e-5, weight_decay=0.1)),
    "adam": (torch.optim.Adam, dict()),
    "adam_decay": (torch.optim.Adam, dict(lr=0.05, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1)),
    "adam_amsgrad": (torch.optim.Adam, dict(lr=0.05, betas=(0.8, 0.9), amsgrad=True)),
    "adam_amsgrad_decay": (torch.optim.Adam, dict(lr=0.05, betas=(0.8, 0.9), amsgrad=True, weight_decay=0.1)),
    "adamw": (torch.optim.AdamW, dict()),
    "adamw_decay": (torch.optim.AdamW, dict(lr=0.05, weight_decay=0.3)),
    "adamw_amsgrad": (torch.optim.AdamW, dict(lr=0.05, betas=(0.8, 0.9), amsgrad=True, weight_decay=0.2)),
    "adamw_no_decay": (torch.optim.AdamW, dict(lr=0.05, weight_decay=0)),
    "yogi": (Yogi, dict()),
    "yogi_decay": (Yogi, dict(lr=0.05, betas=(0.8, 0.9), weight_decay=0.1)),
    "adamax": (torch.optim.Adamax, dict()),
    "adamax_decay": (torch.optim.Adamax, dict(lr=0.05, betas=(0.8, 0.9), weight_decay=0.1)),
    "asgd": (torch.optim.ASGD, dict()),
    "asgd_decay": (torch.optim.ASGD, dict(lr=0.1, lambd=0.01, alpha=0.6, t0=5, weight_decay=0.1)),
}


def start(shape, stream):
    return torch.from_numpy(formula.uniform(shape, stream)).double().requires_grad_()


def run(kind, options):
    params = [start(shape, 1 + k) for k, shape in enumerate(SHAPES)]
    optimizer = kind([{"params": [params[0]]}, {"params": [params[1]]}], **options)
    optimizer.param_groups[1]["lr"] *= 0.5
    optimizer.param_groups[1]["weight_decay"] *= 2
    kept = {}
    for t in range(1, STEPS + 1):
        for k, p in enumerate(params):
            g = torch.from_numpy(formula.uniform(SHAPES[k], 100 * (k + 1) + t)).double()
            p.grad = g + 0.3 * p.detach()
        optimizer.step()
        if t in KEPT:
            kept[str(t)] = [short(formula.whole(p.detach().numpy())) for p in params]
    if kind is torch.optim.ASGD:
        kept["average"] = [short(formula.whole(optimizer.state[p]["ax"].numpy())) for p in params]
    return kept


def sparse(kind, options):
    """20 steps on a table of 7 rows by embeddings with sparse gradients: four ids a step, by formula, some of them twice."""
    table = start((7, 3), 1)
    optimizer = kind([table], **options)
    kept = {}
    for t in range(1, STEPS + 1):
        optimizer.zero_grad()
        ids = torch.from_numpy(formula.integers((4,), 300 + t, 0, 7))
        weight = torch.from_numpy(formula.uniform((4, 3), 400 + t)).double()
        (torch.nn.functional.embedding(ids, table, sparse=True).square() * weight).sum().backward()
        optimizer.step()
        if t in KEPT:
            kept[str(t)] = [short(formula.whole(table.detach().numpy()))]
    return kept


SPARSE = {
    "sparse_sgd": (torch.optim.SGD, dict(lr=0.1)),
    "sparse_adagrad": (torch.optim.Adagrad, dict(lr=0.1)),
    "sparse_adam": (torch.optim.SparseAdam, dict(lr=0.05, betas=(0.8, 0.9))),
}


def short(entry):
    return {"shape": entry["shape"], "values": [float(f"{v:.10g}") for v in entry["values"]]}


def rates(make, base=0.5, metrics=None):
    p = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([p], lr=base)
    scheduler = make(optimizer)
    result = []
    for t in range(30):
        result.append(float(f"{optimizer.param_groups[0]['lr']:.12g}"))
        optimizer.step()
        scheduler.step() if metrics is None else scheduler.step(metrics[t])
    return result


def warmed_cosine(t, base, steps, final, warmup, begin):
    """The book's CosineScheduler."""
    if t < warmup:
        return begin + (base - begin) * t / warmup
    if t <= steps:
        return final + (base - final) * (1 + math.cos(math.pi * (t - warmup) / (steps - warmup))) / 2
    return final


def schedules():
    lr = torch.optim.lr_scheduler
    falling = [1.0, 0.8, 0.8, 0.81, 0.79995, 0.8, 0.7, 0.71, 0.72, 0.73, 0.74, 0.69, 0.69, 0.69, 0.69, 0.69] + [0.69] * 14
    rising = [1 - m / 2 for m in falling]
    lambda_ = lambda f: lambda o: lr.LambdaLR(o, f)
    return {
        "factor": rates(lambda_(lambda t: max(0.02 / 0.5, 0.9**t))),
        "exponential": rates(lambda o: lr.ExponentialLR(o, 0.93)),
        "square_root": rates(lambda_(lambda t: (t + 1) ** -0.5)),
        "step": rates(lambda o: lr.StepLR(o, 7, 0.3)),
        "multi_step": rates(lambda o: lr.MultiStepLR(o, [5, 15, 15, 22], 0.5)),
        "cosine": rates(lambda o: lr.CosineAnnealingLR(o, 30, 0.01)),
        "cosine_warmup": rates(lambda_(lambda t: warmed_cosine(t, 0.5, 20, 0.01, 5, 0.1) / 0.5)),
        "one_cycle": rates(lambda o: lr.OneCycleLR(o, 0.5, total_steps=31, cycle_momentum=False)),
        "one_cycle_linear": rates(
            lambda o: lr.OneCycleLR(
                o, 0.5, total_steps=31, pct_start=0.4, anneal_strategy="linear", div_factor=10, final_div_factor=100, cycle_momentum=False
            )
        ),
        "one_cycle_three": rates(
            lambda o: lr.OneCycleLR(o, 0.5, total_steps=31, pct_start=0.35, three_phase=True, cycle_momentum=False)
        ),
        "plateau": rates(lambda o: lr.ReduceLROnPlateau(o, factor=0.5, patience=2, cooldown=1), metrics=falling),
        "plateau_up": rates(
            lambda o: lr.ReduceLROnPlateau(
                o, mode="max", factor=0.3, patience=1, threshold=0.01, threshold_mode="abs", min_lr=0.01
            ),
            metrics=rising,
        ),
        "plateau_metrics": falling,
    }


def clipping():
    result = {}
    for name, limit in [("far", 100.0), ("near", 0.7)]:
        params = [start(shape, 1 + k) for k, shape in enumerate(SHAPES)]
        for k, p in enumerate(params):
            p.grad = torch.from_numpy(formula.uniform(SHAPES[k], 100 * (k + 1))).double()
        norm = torch.nn.utils.clip_grad_norm_(params, limit)
        result[f"clip_norm_{name}"] = {"norm": float(norm), "gradients": [short(formula.whole(p.grad.numpy())) for p in params]}
    params = [start(shape, 1 + k) for k, shape in enumerate(SHAPES)]
    for k, p in enumerate(params):
        p.grad = torch.from_numpy(formula.uniform(SHAPES[k], 100 * (k + 1))).double()
    torch.nn.utils.clip_grad_value_(params, 0.4)
    result["clip_value"] = {"norm": 0, "gradients": [short(formula.whole(p.grad.numpy())) for p in params]}
    return result


if __name__ == "__main__":
    assert torch.__version__.startswith("2.13"), torch.__version__
    content = {name: run(kind, options) for name, (kind, options) in OPTIMIZERS.items()}
    content |= {name: sparse(kind, options) for name, (kind, options) in SPARSE.items()}
    content |= {f"schedule_{name}": values for name, values in schedules().items()}
    content |= clipping()
    formula.write(OUT / "optim.json", content)
