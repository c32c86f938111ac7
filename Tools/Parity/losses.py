"""Goldens of losses from PyTorch 2.13: values and gradients under every reduction.

Run from the repository's root: python Tools/Parity/losses.py
"""

import torch
from torch import nn

from cases import Goldens, given, ids, real


def losses():
    g = Goldens()
    F = nn.functional

    def function(name, *specs, call):
        vary = () if "given" in str(specs) or weights in specs else ("one", "transposed")
        g.add(name, None, *specs, call=lambda module, *inputs: call(*inputs), modes=("train",), vary=vary)

    weights = real(3, low=0.2, high=2)
    x, y = real(4, 3, low=-2, high=2), real(4, 3)
    for reduction in ("none", "mean", "sum"):
        r = {"reduction": reduction}
        function(f"cross_entropy_{reduction}", x, ids(4, below=3), call=lambda x, t: F.cross_entropy(x, t, **r))
        function(f"nll_{reduction}", x, ids(4, below=3), call=lambda x, t: F.nll_loss(x, t, **r))
        function(f"mse_{reduction}", x, y, call=lambda x, t: F.mse_loss(x, t, **r))
        function(f"l1_{reduction}", x, y, call=lambda x, t: F.l1_loss(x, t, **r))
        function(f"smooth_l1_{reduction}", x, y, call=lambda x, t: F.smooth_l1_loss(x, t, beta=0.7, **r))
        function(f"huber_{reduction}", x, y, call=lambda x, t: F.huber_loss(x, t, delta=0.7, **r))
        p = real(4, 3, low=0.01, high=0.99)
        function(f"bce_{reduction}", p, p, call=lambda x, t: F.binary_cross_entropy(x, t, **r))
        function(f"bce_logits_{reduction}", x, p, call=lambda x, t: F.binary_cross_entropy_with_logits(x, t, **r))
        function(f"kl_{reduction}", x, p, call=lambda x, t: F.kl_div(x, t, **r))
        function(f"kl_log_{reduction}", x, y, call=lambda x, t: F.kl_div(x, t, log_target=True, **r))
        signs = given([1, -1, -1, 1])
        function(
            f"cosine_{reduction}", x, y, signs, call=lambda x, z, t: F.cosine_embedding_loss(x, z, t.double(), margin=0.1, **r)
        )
        function(f"hinge_{reduction}", real(4, low=-2, high=2), signs,
                 call=lambda x, t: REDUCTIONS[reduction]((1 - t * x).clamp(min=0)))
        function(f"ranking_hinge_{reduction}", x, y, call=lambda x, t: F.margin_ranking_loss(x, t, torch.ones_like(x), margin=0.5, **r))
        function(f"bpr_{reduction}", x, y, call=lambda x, t: REDUCTIONS[reduction](-F.logsigmoid(x - t)))
    deep = real(2, 3, 2, 2, low=-2, high=2)
    ignoring = given([[[0, 1], [2, 1]], [[-100, 2], [0, -100]]])
    function("cross_entropy_images", deep, weights, ignoring,
             call=lambda x, w, t: F.cross_entropy(x, t, weight=w.detach(), label_smoothing=0.1))
    function("nll_images", deep, weights, ignoring, call=lambda x, w, t: F.nll_loss(x, t, weight=w.detach()))
    function("bce_weighted", real(4, 3, low=0.01, high=0.99), real(4, 3, low=0, high=1), real(4, 3, low=0, high=1),
             call=lambda x, t, w: F.binary_cross_entropy(x, t.detach(), weight=w.detach()))
    function("bce_logits_weighted", real(4, 3, low=-30, high=30), real(4, 3, low=0, high=1), real(4, 3, low=0, high=1), weights,
             call=lambda x, t, m, w: F.binary_cross_entropy_with_logits(x, t.detach(), weight=m.detach(), pos_weight=w.detach()))
    function("sequence", real(3, 4, 5, low=-2, high=2), ids(3, 4, below=5), given([4, 1, 0]), call=masked_sequence)
    g.write("losses")


REDUCTIONS = {"none": lambda x: x, "mean": torch.mean, "sum": torch.sum}


def masked_sequence(logits, targets, lengths):
    """The loss of 9.7: masked, mean over all steps."""
    each = nn.functional.cross_entropy(logits.permute(0, 2, 1), targets, reduction="none")
    return (each * (torch.arange(each.shape[1]) < lengths[:, None])).mean(1)


if __name__ == "__main__":
    torch.manual_seed(0)
    losses()
