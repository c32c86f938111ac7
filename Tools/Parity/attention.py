"""Goldens of attention and positions from PyTorch 2.13, outputs, weights and every gradient.

Run from the repository's root: python Tools/Parity/attention.py
"""

import math

import torch
from torch import nn

from cases import Goldens, given, real


class HeadsByName(nn.Module):
    """PyTorch's own multi-head attention on projections named as the book names them."""

    def __init__(self, width, heads, query=None, key=None, value=None, bias=True):
        super().__init__()
        self.width, self.heads = width, heads
        self.W_q = nn.Linear(query or width, width, bias=bias)
        self.W_k = nn.Linear(key or width, width, bias=bias)
        self.W_v = nn.Linear(value or width, width, bias=bias)
        self.W_o = nn.Linear(width, width, bias=bias)

    def forward(self, q, k, v, mask=None):
        """`mask` is True where attention is allowed: [batch, 1 or heads, 1 or queries, keys]."""
        batch, queries, keys = q.shape[0], q.shape[1], k.shape[1]
        if mask is not None:
            mask = ~mask.expand(batch, self.heads, queries, keys).reshape(batch * self.heads, queries, keys)
        # Different widths are projected here; PyTorch's function then gets identities.
        eye = torch.eye(self.width, dtype=q.dtype)
        output, weights = nn.functional.multi_head_attention_forward(
            self.W_q(q).transpose(0, 1), self.W_k(k).transpose(0, 1), self.W_v(v).transpose(0, 1), self.width, self.heads,
            torch.cat([eye] * 3), None, None, None, False, 0.0, self.W_o.weight, self.W_o.bias, attn_mask=mask,
            need_weights=True, average_attn_weights=False,
        )
        return output.transpose(0, 1), weights


class Additive(nn.Module):
    """The book's additive attention, 10.3."""

    def __init__(self, query, key, hidden):
        super().__init__()
        self.W_q = nn.Linear(query, hidden, bias=False)
        self.W_k = nn.Linear(key, hidden, bias=False)
        self.w_v = nn.Linear(hidden, 1, bias=False)

    def forward(self, q, k, v, mask=None):
        scores = self.w_v(torch.tanh(self.W_q(q).unsqueeze(2) + self.W_k(k).unsqueeze(1))).squeeze(-1)
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf"))
        weights = scores.softmax(-1)
        return weights @ v, weights


class Learned(nn.Module):
    def __init__(self, steps, width):
        super().__init__()
        self.pos_embedding = nn.Parameter(torch.randn(1, steps, width))

    def forward(self, x):
        return x + self.pos_embedding[:, : x.shape[1]]


class AddNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.ln = nn.LayerNorm(width)

    def forward(self, x, y):
        return self.ln(y + x)


class PositionWise(nn.Module):
    def __init__(self, inputs, hidden, outputs):
        super().__init__()
        self.dense1, self.dense2 = nn.Linear(inputs, hidden), nn.Linear(hidden, outputs)

    def forward(self, x):
        return self.dense2(self.dense1(x).relu())


def sines(x):
    """The table of 10.6, position by position."""
    width = x.shape[2]
    table = torch.zeros(x.shape[1:], dtype=x.dtype)
    for i in range(x.shape[1]):
        for j in range(width):
            angle = i / 10000 ** (j // 2 * 2 / width)
            table[i, j] = math.sin(angle) if j % 2 == 0 else math.cos(angle)
    return x + table


def attention():
    g = Goldens()
    lengths = lambda ends, keys: torch.arange(keys) < ends.unsqueeze(-1)
    q, k, v = real(2, 3, 8), real(2, 5, 8), real(2, 5, 8)
    g.add("heads/plain", HeadsByName(8, 2), q, k, v)
    g.add("heads/widths", HeadsByName(6, 3, 4, 5, 7, bias=False), real(2, 3, 4), real(2, 4, 5), real(2, 4, 7))
    g.add(
        "heads/lengths", HeadsByName(8, 4), q, k, v, given([2, 5]),
        call=lambda m, q, k, v, ends: m(q, k, v, lengths(ends, 5)[:, None, None]),
    )
    g.add(
        "heads/lengths_by_query", HeadsByName(8, 2), q, k, v, given([[1, 2, 3], [5, 4, 1]]),
        call=lambda m, q, k, v, ends: m(q, k, v, lengths(ends, 5)[:, None]),
    )
    square = real(2, 4, 8)
    g.add(
        "heads/causal", HeadsByName(8, 2), square,
        call=lambda m, x: m(x, x, x, torch.ones(4, 4).tril().bool()[None, None]),
    )
    g.add(
        "heads/causal_lengths", HeadsByName(8, 2), square, given([4, 2]),
        call=lambda m, x, ends: m(x, x, x, torch.ones(4, 4).tril().bool()[None, None] & lengths(ends, 4)[:, None, None]),
    )
    some = torch.tensor([[1, 0, 1, 1, 0], [0, 1, 0, 0, 0], [1, 1, 1, 1, 1]]).bool()
    g.add("heads/mask", HeadsByName(8, 2), q, k, v, call=lambda m, q, k, v: m(q, k, v, some[None, None]))
    dot = lambda m, q, k, v, mask=None: nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    g.add("dot/plain", None, real(2, 3, 4), real(2, 5, 4), real(2, 5, 2), call=dot)
    g.add(
        "dot/lengths", None, real(2, 3, 4), real(2, 5, 4), real(2, 5, 2), given([4, 1]),
        call=lambda m, q, k, v, ends: dot(m, q, k, v, lengths(ends, 5)[:, None]),
    )
    g.add("additive/plain", Additive(4, 3, 6), real(2, 3, 4), real(2, 5, 3), real(2, 5, 2))
    g.add(
        "additive/lengths", Additive(4, 3, 6), real(2, 3, 4), real(2, 5, 3), real(2, 5, 2), given([4, 1]),
        call=lambda m, q, k, v, ends: m(q, k, v, lengths(ends, 5)[:, None]),
    )
    g.add("softmax/lengths", None, real(2, 3, 4), given([1, 4]),
          call=lambda m, x, ends: x.masked_fill(~lengths(ends, 4)[:, None], float("-inf")).softmax(-1))
    g.add("positions/sines", None, real(2, 5, 6), call=lambda m, x: sines(x))
    g.add("positions/odd", None, real(1, 4, 5), call=lambda m, x: sines(x))
    g.add("positions/learned", Learned(6, 4), real(2, 5, 4))
    g.add("add_norm", AddNorm(5), real(2, 3, 5), real(2, 3, 5))
    g.add("position_wise", PositionWise(4, 6, 3), real(2, 3, 4))
    g.write("attention")


if __name__ == "__main__":
    torch.manual_seed(0)
    attention()
