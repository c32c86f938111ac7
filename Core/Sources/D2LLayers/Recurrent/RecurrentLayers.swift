import D2LTensor

/// A recurrent layer without gates (Elman, 1990; book 8.4–8.6): `[steps, batch, inputs]` to `[steps, batch, hidden]`.
///
/// h_t = tanh(W x_t + b + U h_{t-1} + d), or max(·, 0). Parameters as in ``RecurrentStack``.
public final class RNN: RecurrentStack {
  /// What is applied to the sum.
  public enum Nonlinearity: Sendable {
    /// The hyperbolic tangent.
    case tanh
    /// max(x, 0).
    case relu
  }

  /// Weights and biases uniform in ±1/√hidden, from the current random source.
  ///
  /// - Parameters:
  ///   - inputs: the size of an input.
  ///   - hidden: how many units each layer has in each direction.
  ///   - layers: how many are stacked; each reads the outputs of the one below.
  ///   - nonlinearity: what is applied to the sum.
  ///   - bias: whether there are biases.
  ///   - batchFirst: inputs and outputs are `[batch, steps, …]`; states are not.
  ///   - dropout: the probability between layers, in training.
  ///   - bidirectional: a second direction reads backwards; outputs are concatenated, `[…, 2 × hidden]`.
  public init(
    _ inputs: Int, _ hidden: Int, layers: Int = 1, nonlinearity: Nonlinearity = .tanh, bias: Bool = true,
    batchFirst: Bool = false, dropout: Double = 0, bidirectional: Bool = false
  ) {
    let sizes = RecurrentSizes(
      inputs: inputs, hidden: hidden, layers: layers, bias: bias, batchFirst: batchFirst, bidirectional: bidirectional,
      dropout: dropout)
    super.init(nonlinearity == .tanh ? .tanh : .relu, sizes, "RNN")
  }

  /// Outputs and final state for `x`, from `state` `[layers × directions, batch, hidden]` or zero. With `lengths` `[batch]` outputs past each
  /// example's end are zero and its final state is that of its last valid step.
  public func callAsFunction(
    _ x: Tensor<Float>, state: Tensor<Float>? = nil, lengths: Tensor<Int64>? = nil
  ) -> (output: Tensor<Float>, state: Tensor<Float>) {
    let result = run(.vectors(x), state: state, cell: nil, lengths: lengths, "RNN")
    return (result.output, result.state)
  }

  /// The same for the one-hot vectors of `ids`, `[steps, batch]` or `[batch, steps]`, which are never made.
  public func callAsFunction(
    ids: Tensor<Int64>, state: Tensor<Float>? = nil, lengths: Tensor<Int64>? = nil
  ) -> (output: Tensor<Float>, state: Tensor<Float>) {
    let result = run(.ids(ids), state: state, cell: nil, lengths: lengths, "RNN")
    return (result.output, result.state)
  }
}

/// Gated recurrent units (Cho et al., 2014; book 9.1): `[steps, batch, inputs]` to `[steps, batch, hidden]`.
///
/// r, z = σ(W x + b + U h + d), n = tanh(W x + b + r (U h + d)), h' = (1 - z) n + z h. Parameters as in ``RecurrentStack``, gates r, z, n.
public final class GRU: RecurrentStack {
  /// Weights and biases uniform in ±1/√hidden, from the current random source.
  ///
  /// - Parameters:
  ///   - inputs: the size of an input.
  ///   - hidden: how many units each layer has in each direction.
  ///   - layers: how many are stacked; each reads the outputs of the one below.
  ///   - bias: whether there are biases.
  ///   - batchFirst: inputs and outputs are `[batch, steps, …]`; states are not.
  ///   - dropout: the probability between layers, in training.
  ///   - bidirectional: a second direction reads backwards; outputs are concatenated, `[…, 2 × hidden]`.
  public init(
    _ inputs: Int, _ hidden: Int, layers: Int = 1, bias: Bool = true, batchFirst: Bool = false, dropout: Double = 0,
    bidirectional: Bool = false
  ) {
    let sizes = RecurrentSizes(
      inputs: inputs, hidden: hidden, layers: layers, bias: bias, batchFirst: batchFirst, bidirectional: bidirectional,
      dropout: dropout)
    super.init(.gru, sizes, "GRU")
  }

  /// Outputs and final state for `x`, from `state` `[layers × directions, batch, hidden]` or zero. With `lengths` `[batch]` outputs past each
  /// example's end are zero and its final state is that of its last valid step.
  public func callAsFunction(
    _ x: Tensor<Float>, state: Tensor<Float>? = nil, lengths: Tensor<Int64>? = nil
  ) -> (output: Tensor<Float>, state: Tensor<Float>) {
    let result = run(.vectors(x), state: state, cell: nil, lengths: lengths, "GRU")
    return (result.output, result.state)
  }

  /// The same for the one-hot vectors of `ids`, `[steps, batch]` or `[batch, steps]`, which are never made.
  public func callAsFunction(
    ids: Tensor<Int64>, state: Tensor<Float>? = nil, lengths: Tensor<Int64>? = nil
  ) -> (output: Tensor<Float>, state: Tensor<Float>) {
    let result = run(.ids(ids), state: state, cell: nil, lengths: lengths, "GRU")
    return (result.output, result.state)
  }
}

/// What an LSTM carries from step to step.
public struct LSTMState: Sendable {
  /// The hidden state h, `[layers × directions, batch, hidden]` (of a cell: `[batch, hidden]`).
  public var hidden: Tensor<Float>
  /// The cell c, of the same shape.
  public var cell: Tensor<Float>

  /// A state of both parts.
  public init(hidden: Tensor<Float>, cell: Tensor<Float>) {
    self.hidden = hidden
    self.cell = cell
  }

  /// The same values cut off from what led to them: where backpropagation through time is truncated.
  public func detached() -> LSTMState { LSTMState(hidden: hidden.detached(), cell: cell.detached()) }
}

/// Long short-term memory (Hochreiter & Schmidhuber, 1997; book 9.2): `[steps, batch, inputs]` to `[steps, batch, hidden]`.
///
/// i, f, o = σ(W x + b + U h + d), g = tanh(…), c' = f c + i g, h' = o tanh(c'). Parameters as in ``RecurrentStack``, gates i, f, g, o.
public final class LSTM: RecurrentStack {
  /// Weights and biases uniform in ±1/√hidden, from the current random source.
  ///
  /// - Parameters:
  ///   - inputs: the size of an input.
  ///   - hidden: how many units each layer has in each direction.
  ///   - layers: how many are stacked; each reads the outputs of the one below.
  ///   - bias: whether there are biases.
  ///   - batchFirst: inputs and outputs are `[batch, steps, …]`; states are not.
  ///   - dropout: the probability between layers, in training.
  ///   - bidirectional: a second direction reads backwards; outputs are concatenated, `[…, 2 × hidden]`.
  public init(
    _ inputs: Int, _ hidden: Int, layers: Int = 1, bias: Bool = true, batchFirst: Bool = false, dropout: Double = 0,
    bidirectional: Bool = false
  ) {
    let sizes = RecurrentSizes(
      inputs: inputs, hidden: hidden, layers: layers, bias: bias, batchFirst: batchFirst, bidirectional: bidirectional,
      dropout: dropout)
    super.init(.lstm, sizes, "LSTM")
  }

  /// Outputs and final state for `x`, from `state` or zero. With `lengths` `[batch]` outputs past each example's end are zero and its final
  /// state is that of its last valid step.
  public func callAsFunction(
    _ x: Tensor<Float>, state: LSTMState? = nil, lengths: Tensor<Int64>? = nil
  ) -> (output: Tensor<Float>, state: LSTMState) {
    finish(run(.vectors(x), state: state?.hidden, cell: state?.cell, lengths: lengths, "LSTM"))
  }

  /// The same for the one-hot vectors of `ids`, `[steps, batch]` or `[batch, steps]`, which are never made.
  public func callAsFunction(
    ids: Tensor<Int64>, state: LSTMState? = nil, lengths: Tensor<Int64>? = nil
  ) -> (output: Tensor<Float>, state: LSTMState) {
    finish(run(.ids(ids), state: state?.hidden, cell: state?.cell, lengths: lengths, "LSTM"))
  }

  private func finish(
    _ result: (output: Tensor<Float>, state: Tensor<Float>, cell: Tensor<Float>?)
  ) -> (output: Tensor<Float>, state: LSTMState) {
    guard let cell = result.cell else { fail("LSTM", "the run left no cell") }
    return (result.output, LSTMState(hidden: result.state, cell: cell))
  }
}
