import D2LTensor

/// Examples with numbers to be predicted.
public struct RegressionBatch: Sendable {
  /// The inputs, `[batch, …]`.
  public let inputs: Tensor<Float>
  /// What is to be predicted, `[batch]` or `[batch, outputs]`.
  public let targets: Tensor<Float>

  /// A batch of inputs with as many targets.
  public init(inputs: Tensor<Float>, targets: Tensor<Float>) {
    require(
      inputs.rank >= 1 && targets.rank >= 1 && targets.shape[0] == inputs.shape[0], "RegressionBatch",
      "inputs \(inputs.shape), targets \(targets.shape)")
    self.inputs = inputs
    self.targets = targets
  }

  /// How many examples there are.
  public var count: Int { inputs.shape[0] }
}

/// Arrays in memory whose first dimension counts the examples, with numbers to be predicted.
public struct RegressionDataset: Dataset {
  /// The inputs, `[count, …]`.
  public let inputs: Tensor<Float>
  /// The targets, `[count]` or `[count, outputs]`.
  public let targets: Tensor<Float>

  /// Inputs `[count, …]` with targets `[count]` or `[count, outputs]`.
  public init(inputs: Tensor<Float>, targets: Tensor<Float>) {
    require(
      inputs.rank >= 1 && targets.rank >= 1 && targets.shape[0] == inputs.shape[0], "RegressionDataset",
      "inputs \(inputs.shape), targets \(targets.shape)")
    self.inputs = inputs.contiguous()
    self.targets = targets.contiguous()
  }

  /// How many examples there are.
  public var count: Int { inputs.shape[0] }

  /// The examples of the given numbers together.
  public func batch(_ numbers: [Int], using generator: inout RandomGenerator) -> RegressionBatch {
    let index = Tensor<Int64>(numbers.map { Int64($0) })
    return RegressionBatch(inputs: inputs.taking(index), targets: targets.taking(index))
  }
}
