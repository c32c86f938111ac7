"""Goldens of the package Sequence from PyTorch 2.13: sequence-to-sequence models whole, and files of language models with what they say.

Run from the repository's root: python Tools/Parity/sequence.py. With D2L_PACKAGES, a folder of unpacked Python packages, also Resemblyzer's.
Weights are numbers by formula, parameter k in the order of sorted names from stream 10 + k.
"""

import os
import pathlib
import sys

import torch
from torch import nn
from torch.nn import functional as F

import formula

TESTS = pathlib.Path(__file__).parents[2] / "Sequence/Tests/SequenceTests"
KINDS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


def fill(model, scale):
    for k, (_, parameter) in enumerate(sorted(model.named_parameters())):
        parameter.data = torch.from_numpy(formula.uniform(parameter.shape, 10 + k, -scale, scale)).to(parameter.dtype)
    return model


def recurrent():
    """Every kind with one to three layers, in one and both directions, whole and packed, from initial states: outputs, states, all gradients."""
    entries = {}
    lengths = torch.tensor([3, 6, 1, 5])
    for name, kind in KINDS.items():
        for layers in (1, 2, 3):
            for ways in (1, 2):
                model = fill(kind(3, 5, layers, bidirectional=ways == 2).double(), 0.6)
                for packed in (False, True):
                    model.zero_grad()
                    x = torch.from_numpy(formula.uniform((6, 4, 3), 300)).double().requires_grad_()
                    states = [
                        torch.from_numpy(formula.uniform((layers * ways, 4, 5), 301 + k)).double().requires_grad_()
                        for k in range(2 if name == "lstm" else 1)
                    ]
                    given = nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False) if packed else x
                    output, final = model(given, tuple(states) if name == "lstm" else states[0])
                    if packed:
                        output = nn.utils.rnn.pad_packed_sequence(output, total_length=6)[0]
                    finals = list(final) if name == "lstm" else [final]
                    loss = 0
                    for k, part in enumerate([output] + finals):
                        loss = loss + (part * torch.from_numpy(formula.uniform(part.shape, 500 + k)).double()).sum()
                    loss.backward()
                    grads = [x.grad] + [s.grad for s in states]
                    grads += [p.grad for _, p in sorted(model.named_parameters())]
                    case = f"{name} {layers} {ways} {'packed' if packed else 'whole'}"
                    for part, tensors in (("output", [output]), ("states", finals), ("gradients", grads)):
                        flat = torch.cat([t.detach().flatten() for t in tensors])
                        entries[f"{case}/{part}"] = formula.fingerprint(flat.numpy())
    formula.write(TESTS / "Goldens/recurrent_layers.json", entries)


class Encoder(nn.Module):
    def __init__(self, kind, vocabulary, embedding, hidden, layers):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding)
        self.rnn = kind(embedding, hidden, layers)

    def forward(self, tokens, lengths):
        x = nn.utils.rnn.pack_padded_sequence(self.embedding(tokens.T), lengths, enforce_sorted=False)
        return self.rnn(x)[1]


class Decoder(nn.Module):
    def __init__(self, kind, vocabulary, embedding, hidden, layers):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding)
        self.rnn = kind(embedding + hidden, hidden, layers)
        self.dense = nn.Linear(hidden, vocabulary)

    def forward(self, tokens, state):
        x = self.embedding(tokens.T)
        top = (state[0] if isinstance(state, tuple) else state)[-1]
        y, _ = self.rnn(torch.cat((x, top.expand(x.shape[0], -1, -1)), 2), state)
        return self.dense(y)  # (steps, batch, vocabulary)


class Seq2Seq(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.encoder = Encoder(kind, 11, 6, 8, 2)
        self.decoder = Decoder(kind, 13, 6, 8, 2)


def seq2seq():
    entries = {}
    batch, steps = 5, 7
    source = torch.from_numpy(formula.integers((batch, steps), 300, 0, 11))
    target = torch.from_numpy(formula.integers((batch, steps), 301, 0, 13))
    source_lengths, target_lengths = torch.tensor([7, 2, 5, 1, 4]), torch.tensor([3, 7, 1, 6, 4])
    for name, kind in KINDS.items():
        model = fill(Seq2Seq(kind).double(), 0.5)
        entries[f"{name}/keys"] = {key: list(value.shape) for key, value in model.state_dict().items()}
        given = torch.cat((torch.full((batch, 1), 2), target[:, :-1]), 1)
        logits = model.decoder(given, model.encoder(source, source_lengths))
        losses = F.cross_entropy(logits.transpose(0, 1).flatten(0, 1), target.flatten(), reduction="none")
        losses = (losses.view(batch, steps) * (torch.arange(steps) < target_lengths[:, None])).mean(1)
        losses.sum().backward()
        entries[f"{name}/logits"] = formula.fingerprint(logits.detach().numpy())
        entries[f"{name}/losses"] = formula.whole(losses.detach().numpy())
        for key, parameter in model.named_parameters():
            entries[f"{name}/gradient {key}"] = formula.fingerprint(parameter.grad.numpy())
    formula.write(TESTS / "Goldens/seq2seq.json", entries)


class WordLanguageModel(nn.Module):
    """PyTorch's word-language-model example, as far as its state dict goes."""

    def __init__(self, kind, vocabulary, width, hidden, layers, tied):
        super().__init__()
        self.encoder = nn.Embedding(vocabulary, width)
        self.rnn = kind(width, hidden, layers)
        self.decoder = nn.Linear(hidden, vocabulary)
        if tied:
            self.decoder.weight = self.encoder.weight

    def forward(self, tokens):
        return self.decoder(self.rnn(self.encoder(tokens.T))[0])


class BookModel(nn.Module):
    """The book's RNNModel (8.6)."""

    def __init__(self, rnn, vocabulary):
        super().__init__()
        self.rnn = rnn
        self.linear = nn.Linear(rnn.hidden_size * (2 if rnn.bidirectional else 1), vocabulary)

    def forward(self, tokens):
        return self.linear(self.rnn(F.one_hot(tokens.T, self.rnn.input_size).to(self.linear.weight.dtype))[0])


def language_models():
    """State dicts as small files, and the logits of each for the same text."""
    models = {
        "word_lstm_tied": (WordLanguageModel(nn.LSTM, 12, 6, 6, 2, True), 12),
        "word_gru": (WordLanguageModel(nn.GRU, 12, 5, 6, 1, False), 12),
        "book_rnn": (BookModel(nn.RNN(9, 6), 9), 9),
        "book_gru_deep": (BookModel(nn.GRU(9, 5, 3), 9), 9),
        "book_bilstm": (BookModel(nn.LSTM(9, 4, 2, bidirectional=True), 9), 9),
    }
    entries = {}
    for name, (model, vocabulary) in models.items():
        fill(model, 0.5)
        (TESTS / "Fixtures").mkdir(exist_ok=True)
        torch.save(model.state_dict(), TESTS / f"Fixtures/{name}.pt")
        tokens = torch.from_numpy(formula.integers((2, 4), 300, 0, vocabulary))
        entries[name] = formula.whole(model.double()(tokens).detach().numpy())
    formula.write(TESTS / "Goldens/language_models.json", entries)


def voices():
    folder = os.environ.get("D2L_PACKAGES")
    if not folder:
        print("D2L_PACKAGES is not set: Resemblyzer is left out", file=sys.stderr)
        return
    state = torch.load(f"{folder}/resemblyzer/pretrained.pt", map_location="cpu", weights_only=False)["model_state"]
    lstm, linear = nn.LSTM(40, 256, 3, batch_first=True).double(), nn.Linear(256, 256).double()
    lstm.load_state_dict({k[5:]: v for k, v in state.items() if k.startswith("lstm.")})
    linear.load_state_dict({k[7:]: v for k, v in state.items() if k.startswith("linear.")})
    mel = torch.from_numpy(formula.uniform((3, 80, 40), 300, 0, 1)).double()
    with torch.no_grad():
        output, (hidden, _) = lstm(mel)
        raw = F.relu(linear(hidden[-1]))
    entries = {
        "voices": formula.fingerprint((raw / raw.norm(dim=1, keepdim=True)).numpy()),
        "outputs": formula.fingerprint(output.numpy()),
    }
    formula.write(TESTS / "Goldens/voices.json", entries)


if __name__ == "__main__":
    torch.manual_seed(0)
    recurrent()
    seq2seq()
    language_models()
    voices()
