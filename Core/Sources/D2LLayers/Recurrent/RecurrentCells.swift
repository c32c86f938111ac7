import D2LTensor

/// What the cells have in common: one step of a recurrent layer, for loops that choose their next input themselves.
///
/// Parameters: `weight_ih` `[gates × hidden, inputs]`, `weight_hh` `[gates × hidden, hidden]`, `bias_ih` and `bias_hh` `[gates × hidden]`, all
/// uniform on ±1/√hidden at first (PyTorch's names and default).
public class RecurrentCellLayer: Module {
  @Key("weight_ih") private var inputWeight: Parameter
  @Key("weight_hh") private var hiddenWeight: Parameter
  @Key("bias_ih") private var inputBias: Parameter?
  @Key("bias_hh") private var hiddenBias: Parameter?
  private let cell: RecurrentCell

  init(_ cell: RecurrentCell, _ inputs: Int, _ hidden: Int, bias: Bool, _ name: StaticString) {
    require(inputs > 0 && hidden > 0, name, "\(inputs) inputs, \(hidden) units")
    self.cell = cell
    let initial = Initializer.inverseRoot(fan: hidden)
    let width = cell.gates * hidden
    inputWeight = Parameter([width, inputs], initial)
    hiddenWeight = Parameter([width, hidden], initial)
    inputBias = bias ? Parameter([width], initial) : nil
    hiddenBias = bias ? Parameter([width], initial) : nil
  }

  func step(
    _ x: Tensor<Float>, state: Tensor<Float>?, cell initialCell: Tensor<Float>?, _ name: StaticString
  ) -> (state: Tensor<Float>, cell: Tensor<Float>?) {
    require(x.rank == 2, name, "input \(x.shape) is not [batch, inputs]")
    let weights = RecurrentWeights(
      input: inputWeight.value, hidden: hiddenWeight.value, inputBias: inputBias?.value, hiddenBias: hiddenBias?.value)
    let result = recurrent(
      .vectors(x.unsqueezed(axis: 0)), cell: cell, weights: weights, initialState: state, initialCell: initialCell)
    return (result.state, result.cell)
  }
}

/// One step of ``RNN``: `[batch, inputs]` and a state `[batch, hidden]` to the next state.
public final class RNNCell: RecurrentCellLayer {
  /// A cell of the given sizes.
  public init(_ inputs: Int, _ hidden: Int, nonlinearity: RNN.Nonlinearity = .tanh, bias: Bool = true) {
    super.init(nonlinearity == .tanh ? .tanh : .relu, inputs, hidden, bias: bias, "RNNCell")
  }

  /// The next state, from zero if none is given.
  public func callAsFunction(_ x: Tensor<Float>, state: Tensor<Float>? = nil) -> Tensor<Float> {
    step(x, state: state, cell: nil, "RNNCell").state
  }
}

/// One step of ``GRU``: `[batch, inputs]` and a state `[batch, hidden]` to the next state.
public final class GRUCell: RecurrentCellLayer {
  /// A cell of the given sizes.
  public init(_ inputs: Int, _ hidden: Int, bias: Bool = true) {
    super.init(.gru, inputs, hidden, bias: bias, "GRUCell")
  }

  /// The next state, from zero if none is given.
  public func callAsFunction(_ x: Tensor<Float>, state: Tensor<Float>? = nil) -> Tensor<Float> {
    step(x, state: state, cell: nil, "GRUCell").state
  }
}

/// One step of ``LSTM``: `[batch, inputs]` and a state of two `[batch, hidden]` to the next state.
public final class LSTMCell: RecurrentCellLayer {
  /// A cell of the given sizes.
  public init(_ inputs: Int, _ hidden: Int, bias: Bool = true) {
    super.init(.lstm, inputs, hidden, bias: bias, "LSTMCell")
  }

  /// The next state, from zero if none is given.
  public func callAsFunction(_ x: Tensor<Float>, state: LSTMState? = nil) -> LSTMState {
    let result = step(x, state: state?.hidden, cell: state?.cell, "LSTMCell")
    guard let cell = result.cell else { fail("LSTMCell", "the step left no cell") }
    return LSTMState(hidden: result.state, cell: cell)
  }
}
