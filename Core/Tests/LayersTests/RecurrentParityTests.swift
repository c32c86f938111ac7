import D2LLayers
import D2LTensor
import D2LTestSupport
import Testing

/// Recurrent layers against PyTorch 2.13: outputs, final states and all gradients, stacked, in both directions, with initial states and
/// valid lengths as packed sequences have them (goldens by Tools/Parity/recurrent.py).
@Suite struct RecurrentParity {
  @Test(arguments: cases) func agrees(_ one: ParityCase) throws { try one.check(Golden("recurrent")) }

  @Test(arguments: cases) func differences(_ one: ParityCase) throws { try one.checkDifferences(Golden("recurrent")) }

  @Test func everyGoldenIsUsed() throws {
    let stored = try Golden("recurrent").names.map { $0.split(separator: "/").prefix(2).joined(separator: "/") }
    #expect(Set(stored) == Set(RecurrentParity.cases.map(\.name)))
  }

  static let cases: [ParityCase] =
    cases(
      of: "rnn_tanh",
      {
        RNN(
          $0.inputs, $0.hidden, layers: $0.layers, bias: $0.bias, batchFirst: $0.batchFirst, dropout: $0.dropout,
          bidirectional: $0.both)
      })
    + cases(
      of: "rnn_relu",
      {
        RNN(
          $0.inputs, $0.hidden, layers: $0.layers, nonlinearity: .relu, bias: $0.bias, batchFirst: $0.batchFirst,
          dropout: $0.dropout, bidirectional: $0.both)
      })
    + cases(
      of: "gru",
      {
        GRU(
          $0.inputs, $0.hidden, layers: $0.layers, bias: $0.bias, batchFirst: $0.batchFirst, dropout: $0.dropout,
          bidirectional: $0.both)
      })
    + cases(
      of: "lstm",
      {
        LSTM(
          $0.inputs, $0.hidden, layers: $0.layers, bias: $0.bias, batchFirst: $0.batchFirst, dropout: $0.dropout,
          bidirectional: $0.both)
      })
    + cells

  struct Sizes: Sendable {
    var inputs = 3
    var hidden = 4
    var layers = 1
    var both = false
    var bias = true
    var batchFirst = false
    var dropout = 0.0
  }

  /// Any of the three called with a part of: input or ids, lengths, one or two states.
  private static func call(
    _ layer: RecurrentStack, _ input: CaseInput, lengths: Tensor<Int64>? = nil, states: [Tensor<Float>] = []
  ) -> [Tensor<Float>] {
    switch layer {
    case let layer as RNN:
      let result =
        switch input {
        case .real(let x): layer(x, state: states.first, lengths: lengths)
        case .ids(let ids): layer(ids: ids, state: states.first, lengths: lengths)
        }
      return [result.output, result.state]
    case let layer as GRU:
      let result =
        switch input {
        case .real(let x): layer(x, state: states.first, lengths: lengths)
        case .ids(let ids): layer(ids: ids, state: states.first, lengths: lengths)
        }
      return [result.output, result.state]
    case let layer as LSTM:
      let state = states.isEmpty ? nil : LSTMState(hidden: states[0], cell: states[1])
      let result =
        switch input {
        case .real(let x): layer(x, state: state, lengths: lengths)
        case .ids(let ids): layer(ids: ids, state: state, lengths: lengths)
        }
      return [result.output, result.state.hidden, result.state.cell]
    default: return []
    }
  }

  private static func cases(of name: String, _ make: @escaping @Sendable (Sizes) -> RecurrentStack) -> [ParityCase] {
    func with(_ part: String, _ sizes: Sizes, lengths: Bool = false) -> ParityCase {
      .module("\(name)/\(part)") {
        make(sizes)
      } _: { layer, inputs in
        let states = inputs.dropFirst(lengths ? 2 : 1).map(\.real)
        return call(layer, inputs[0], lengths: lengths ? inputs[1].ids : nil, states: states)
      }
    }
    return [
      with("plain", Sizes(inputs: 4, hidden: 5)),
      with("wide", Sizes(hidden: 21)),
      with("deep", Sizes(layers: 3)),
      with("both", Sizes(layers: 2, both: true, batchFirst: true)),
      with("lengths", Sizes(layers: 2, both: true), lengths: true),
      with("lengths_from_zero", Sizes(both: true, bias: false, batchFirst: true), lengths: true),
      with("dropout", Sizes(layers: 2, dropout: 0.5)),
      with("views", Sizes()),
      with("single", Sizes(inputs: 1, hidden: 1, both: true)),
      with("ids", Sizes(inputs: 5, both: true)),
    ]
  }

  private static let cells: [ParityCase] = [true, false].flatMap { bias -> [ParityCase] in
    let part = bias ? "cell" : "cell_from_zero"
    return [
      .module("rnn_tanh/\(part)") {
        RNNCell(3, 4, bias: bias)
      } _: {
        [$0($1[0].real, state: $1.count > 1 ? $1[1].real : nil)]
      },
      .module("rnn_relu/\(part)") {
        RNNCell(3, 4, nonlinearity: .relu, bias: bias)
      } _: {
        [$0($1[0].real, state: $1.count > 1 ? $1[1].real : nil)]
      },
      .module("gru/\(part)") {
        GRUCell(3, 4, bias: bias)
      } _: {
        [$0($1[0].real, state: $1.count > 1 ? $1[1].real : nil)]
      },
      .module("lstm/\(part)") {
        LSTMCell(3, 4, bias: bias)
      } _: { cell, inputs in
        let state = inputs.count > 1 ? LSTMState(hidden: inputs[1].real, cell: inputs[2].real) : nil
        let next = cell(inputs[0].real, state: state)
        return [next.hidden, next.cell]
      },
    ]
  }
}
