import D2LCore

/// x W_x + h W_h + b: what every gate begins with.
final class ScratchGate: Module {
  @Key("W_x") private var inputWeight: Parameter
  @Key("W_h") private var hiddenWeight: Parameter
  @Key("b") private var bias: Parameter

  /// Weights N(0, 0.01²), bias zero.
  init(_ inputs: Int, _ hidden: Int) {
    inputWeight = Parameter([inputs, hidden], .normal(standardDeviation: 0.01))
    hiddenWeight = Parameter([hidden, hidden], .normal(standardDeviation: 0.01))
    bias = Parameter([hidden], .zeros)
  }

  /// `[batch, inputs]` and `[batch, hidden]` to `[batch, hidden]`.
  func callAsFunction(_ x: Tensor<Float>, _ h: Tensor<Float>) -> Tensor<Float> {
    x.matmul(inputWeight.value) + h.matmul(hiddenWeight.value) + bias.value
  }
}

/// h W + b: the scores.
final class ScratchOutput: Layer {
  @Key("W") private var weight: Parameter
  @Key("b") private var bias: Parameter

  /// Weights N(0, 0.01²), bias zero.
  init(_ hidden: Int, _ vocabulary: Int) {
    weight = Parameter([hidden, vocabulary], .normal(standardDeviation: 0.01))
    bias = Parameter([vocabulary], .zeros)
  }

  /// `[batch, hidden]` to `[batch, vocabulary]`.
  func callAsFunction(_ h: Tensor<Float>) -> Tensor<Float> { h.matmul(weight.value) + bias.value }
}
