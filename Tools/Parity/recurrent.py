"""Goldens of recurrent layers from PyTorch 2.13: stacked, in both directions, with states and valid lengths.

Run from the repository's root: python Tools/Parity/recurrent.py
"""

import torch
from torch import nn

from cases import Goldens, given, ids, real, transposed


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
        # Dropout is between layers and in training alone.
        g.add(f"{name}/dropout", kind(3, 4, num_layers=2, dropout=0.5, **options), real(5, 2, 3), modes=("eval",))
        g.add(f"{name}/views", kind(3, 4, **options), transposed(real(4, 2, 3)))
        g.add(f"{name}/single", kind(1, 1, bidirectional=True, **options), real(1, 1, 1))
        g.add(f"{name}/ids", kind(5, 4, bidirectional=True, **options), ids(4, 3, below=5), call=one_hot)
        g.add(f"{name}/cell", cell(3, 4, **options), real(2, 3), *states(2, 4), call=with_state)
        g.add(f"{name}/cell_from_zero", cell(3, 4, bias=False, **options), real(2, 3))
    g.write("recurrent")


if __name__ == "__main__":
    torch.manual_seed(0)
    recurrent()
