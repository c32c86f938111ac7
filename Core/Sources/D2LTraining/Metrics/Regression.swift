import D2LTensor

/// Errors of predictions, gathered over batches.
public struct RegressionErrors: Sendable, Hashable, Codable {
  /// How many numbers were compared.
  public private(set) var count = 0
  private var absolute = 0.0
  private var squared = 0.0

  /// Nothing compared yet.
  public init() {}

  /// Compares predictions with targets of the same shape.
  public mutating func add(_ predictions: Tensor<Float>, _ targets: Tensor<Float>) {
    require(
      predictions.shape == targets.shape, "RegressionErrors",
      "predictions \(predictions.shape), targets \(targets.shape)")
    for (prediction, target) in zip(predictions.values, targets.values) {
      let error = Double(prediction) - Double(target)
      absolute += abs(error)
      squared += error * error
    }
    count += targets.count
  }

  /// The mean of |error|; nil if nothing was compared.
  public var meanAbsolute: Double? { count == 0 ? nil : absolute / Double(count) }
  /// The mean of error²; nil if nothing was compared.
  public var meanSquared: Double? { count == 0 ? nil : squared / Double(count) }
  /// The root of the mean of error²; nil if nothing was compared.
  public var rootMeanSquared: Double? { meanSquared?.squareRoot() }
}
