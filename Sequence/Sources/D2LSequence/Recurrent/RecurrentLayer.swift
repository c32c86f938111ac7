import D2LCore

/// A recurrent layer of any kind, time first: what models are built over. Core's ``RNN``, ``GRU`` and ``LSTM`` are such layers; a cell of one's own
/// becomes one by these two calls.
public protocol RecurrentLayer: Module {
  /// Units of each direction.
  var hidden: Int { get }
  /// How many layers are stacked.
  var layers: Int { get }
  /// 1, or 2 where a second direction reads backwards.
  var ways: Int { get }

  /// `[steps, batch, inputs]` to outputs `[steps, batch, ways × hidden]` and the state behind the last step; from zero if `state` is nil. With `lengths`
  /// `[batch]`, outputs past each sequence's end are zero and its state is that of its last valid step.
  func callAsFunction(
    _ x: Tensor<Float>, from state: RecurrentState?, lengths: Tensor<Int64>?
  ) -> (output: Tensor<Float>, state: RecurrentState)

  /// The same for the one-hot vectors of ids `[steps, batch]`.
  func callAsFunction(
    ids: Tensor<Int64>, from state: RecurrentState?, lengths: Tensor<Int64>?
  ) -> (output: Tensor<Float>, state: RecurrentState)

  /// The state that a run begins with, all zero.
  func zeroState(batch: Int) -> RecurrentState
}

extension RecurrentLayer {
  /// Size of the outputs.
  public var outputs: Int { ways * hidden }

  /// From zero, all steps valid.
  public func callAsFunction(_ x: Tensor<Float>) -> (output: Tensor<Float>, state: RecurrentState) {
    self(x, from: nil, lengths: nil)
  }

  /// The hidden state alone; an LSTM adds its cell.
  public func zeroState(batch: Int) -> RecurrentState {
    RecurrentState(hidden: Tensor(zeros: [layers * ways, batch, hidden]))
  }
}

extension RNN: RecurrentLayer {
  /// See ``RecurrentLayer``.
  public func callAsFunction(
    _ x: Tensor<Float>, from state: RecurrentState?, lengths: Tensor<Int64>?
  ) -> (output: Tensor<Float>, state: RecurrentState) {
    let result = self(x, state: state?.hidden, lengths: lengths)
    return (result.output, RecurrentState(hidden: result.state))
  }

  /// See ``RecurrentLayer``.
  public func callAsFunction(
    ids: Tensor<Int64>, from state: RecurrentState?, lengths: Tensor<Int64>?
  ) -> (output: Tensor<Float>, state: RecurrentState) {
    let result = self(ids: ids, state: state?.hidden, lengths: lengths)
    return (result.output, RecurrentState(hidden: result.state))
  }
}

extension GRU: RecurrentLayer {
  /// See ``RecurrentLayer``.
  public func callAsFunction(
    _ x: Tensor<Float>, from state: RecurrentState?, lengths: Tensor<Int64>?
  ) -> (output: Tensor<Float>, state: RecurrentState) {
    let result = self(x, state: state?.hidden, lengths: lengths)
    return (result.output, RecurrentState(hidden: result.state))
  }

  /// See ``RecurrentLayer``.
  public func callAsFunction(
    ids: Tensor<Int64>, from state: RecurrentState?, lengths: Tensor<Int64>?
  ) -> (output: Tensor<Float>, state: RecurrentState) {
    let result = self(ids: ids, state: state?.hidden, lengths: lengths)
    return (result.output, RecurrentState(hidden: result.state))
  }
}

extension LSTM: RecurrentLayer {
  /// See ``RecurrentLayer``.
  public func callAsFunction(
    _ x: Tensor<Float>, from state: RecurrentState?, lengths: Tensor<Int64>?
  ) -> (output: Tensor<Float>, state: RecurrentState) {
    let result = self(x, state: LSTM.state(state), lengths: lengths)
    return (result.output, RecurrentState(hidden: result.state.hidden, cell: result.state.cell))
  }

  /// See ``RecurrentLayer``.
  public func callAsFunction(
    ids: Tensor<Int64>, from state: RecurrentState?, lengths: Tensor<Int64>?
  ) -> (output: Tensor<Float>, state: RecurrentState) {
    let result = self(ids: ids, state: LSTM.state(state), lengths: lengths)
    return (result.output, RecurrentState(hidden: result.state.hidden, cell: result.state.cell))
  }

  /// Hidden state and cell, all zero.
  public func zeroState(batch: Int) -> RecurrentState {
    let zeros = Tensor<Float>(zeros: [layers * ways, batch, hidden])
    return RecurrentState(hidden: zeros, cell: zeros)
  }

  private static func state(_ state: RecurrentState?) -> LSTMState? {
    guard let state else { return nil }
    guard let cell = state.cell else { fail("LSTM", "a state without a cell") }
    return LSTMState(hidden: state.hidden, cell: cell)
  }
}

/// The kinds of recurrent layers, by name.
public enum RecurrentKind: String, Sendable, CaseIterable, Codable {
  /// Elman's layer with tanh (book 8.4).
  case rnn
  /// The same with max(·, 0).
  case rnnReLU = "rnn-relu"
  /// Gated recurrent units (book 9.1).
  case gru
  /// Long short-term memory (book 9.2).
  case lstm

  /// How many gates its weights hold, one above the other.
  public var gates: Int {
    switch self {
    case .rnn, .rnnReLU: 1
    case .gru: 3
    case .lstm: 4
    }
  }

  /// A layer of this kind, time first.
  public func layer(
    _ inputs: Int, _ hidden: Int, layers: Int = 1, dropout: Double = 0, bidirectional: Bool = false
  ) -> any RecurrentLayer {
    switch self {
    case .rnn: RNN(inputs, hidden, layers: layers, dropout: dropout, bidirectional: bidirectional)
    case .rnnReLU:
      RNN(inputs, hidden, layers: layers, nonlinearity: .relu, dropout: dropout, bidirectional: bidirectional)
    case .gru: GRU(inputs, hidden, layers: layers, dropout: dropout, bidirectional: bidirectional)
    case .lstm: LSTM(inputs, hidden, layers: layers, dropout: dropout, bidirectional: bidirectional)
    }
  }
}
