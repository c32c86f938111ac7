import D2LTensor

/// Examples that can be had in batches, by number.
///
/// A dataset is asked from several threads at once, so it is a value that does not change.
public protocol Dataset<Batch>: Sendable {
  /// What several examples look like together.
  associatedtype Batch: Sendable
  /// How many examples there are.
  var count: Int { get }
  /// The examples of the given numbers together. `generator` serves random changes (augmentation); it depends on epoch and batch alone.
  func batch(_ numbers: [Int], using generator: inout RandomGenerator) throws -> Batch
}

/// Examples with class ids: what a classifier learns from.
public struct LabeledBatch: Sendable {
  /// The inputs, `[batch, …]`.
  public let inputs: Tensor<Float>
  /// Class ids, `[batch]`.
  public let labels: Tensor<Int64>

  /// A batch of inputs with as many labels.
  public init(inputs: Tensor<Float>, labels: Tensor<Int64>) {
    require(
      inputs.rank >= 1 && labels.shape == [inputs.shape[0]], "LabeledBatch",
      "inputs \(inputs.shape), labels \(labels.shape)")
    self.inputs = inputs
    self.labels = labels
  }

  /// How many examples there are.
  public var count: Int { labels.count }
}

/// Arrays in memory whose first dimension counts the examples.
public struct TensorDataset: Dataset {
  private let inputs: Tensor<Float>
  private let labels: Tensor<Int64>

  /// Inputs `[count, …]` with class ids `[count]`.
  public init(inputs: Tensor<Float>, labels: Tensor<Int64>) {
    require(
      inputs.rank >= 1 && labels.shape == [inputs.shape[0]], "TensorDataset",
      "inputs \(inputs.shape), labels \(labels.shape)")
    self.inputs = inputs.contiguous()
    self.labels = labels.contiguous()
  }

  /// How many examples there are.
  public var count: Int { labels.count }

  /// The examples of the given numbers.
  public func batch(_ numbers: [Int], using generator: inout RandomGenerator) -> LabeledBatch {
    let index = Tensor<Int64>(numbers.map { Int64($0) })
    return LabeledBatch(inputs: inputs.taking(index), labels: labels.taking(index))
  }
}
