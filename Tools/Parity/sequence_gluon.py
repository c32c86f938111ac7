"""Recurrent models of MXNet Gluon 1.9.1 as .params files, and the outputs that MXNet computes from them: gluon.json.

Run from the repository's root with a Python that has mxnet: python Tools/Parity/sequence_gluon.py
"""

import pathlib

import mxnet as mx
from mxnet import nd
from mxnet.gluon import nn, rnn

import formula

TESTS = pathlib.Path(__file__).parents[2] / "Sequence/Tests/SequenceTests"


class Model(nn.Block):
    """The book's RNNModel (8.6) in Gluon; with an embedding where it has one."""

    def __init__(self, layer, vocabulary, width=None):
        super().__init__()
        self.vocabulary = vocabulary
        if width:
            self.embedding = nn.Embedding(vocabulary, width)
        self.width = width
        self.rnn = layer
        self.dense = nn.Dense(vocabulary, flatten=False)

    def forward(self, tokens):
        x = self.embedding(tokens.T) if self.width else nd.one_hot(tokens.T, self.vocabulary)
        state = self.rnn.begin_state(batch_size=tokens.shape[0])
        return self.dense(self.rnn(x, state)[0])


MODELS = {
    "gluon_rnn": (lambda: rnn.RNN(6, activation="tanh"), None),
    "gluon_gru_deep": (lambda: rnn.GRU(5, 2), None),
    "gluon_bilstm": (lambda: rnn.LSTM(4, 2, bidirectional=True), None),
    "gluon_lstm_embedding": (lambda: rnn.LSTM(6), 5),
}

entries = {}
for name, (layer, width) in MODELS.items():
    model = Model(layer(), 9, width)
    tokens = nd.array(formula.integers((2, 4), 300, 0, 9))
    model.initialize()
    model(tokens)
    for k, (key, parameter) in enumerate(sorted(model.collect_params().items())):
        parameter.set_data(nd.array(formula.uniform(parameter.shape, 10 + k, -0.5, 0.5)))
    (TESTS / "Fixtures").mkdir(exist_ok=True)
    model.save_parameters(str(TESTS / f"Fixtures/{name}.params"))
    entries[name] = formula.whole(model(tokens).asnumpy().astype("float64"))
formula.write(TESTS / "Goldens/gluon.json", entries)
