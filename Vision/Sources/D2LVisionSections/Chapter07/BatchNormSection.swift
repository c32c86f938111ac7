import ArgumentParser
import D2LCommands
import D2LCore
import D2LVision

/// Section 7.5: LeNet with batch normalisation, the library's or one written out.
struct BatchNormSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "7.5", title: "Batch Normalization", package: "vision", command: "batch-norm", data: "Fashion-MNIST",
    paper: "Ioffe, Szegedy, \"Batch Normalization: Accelerating Deep Network Training\", 2015")
  static let epochs = 10
  static let batchSize = 256
  static let learningRate = 1.0
  static let quick = TrainingSettings(epochs: 6, batchSize: 32, learningRate: 0.2)

  @OptionGroup var options: TrainingOptions<BatchNormSection>

  @Flag(help: "Train the network whose batch normalisation is written out in the section, not the library's.")
  var scratch = false

  func run() throws {
    let training = try FashionTraining(Self.info, options)
    let net = training.made {
      scratch ? BatchNormLeNet { BatchNormFromScratch($0) } : BatchNormLeNet()
    }
    try training.begin(net, "LeNet with batch normalisation" + (scratch ? " from scratch" : ""))
    training.showShapes(of: net, "LeNet with batch normalisation", size: 28)
    try training.train(net) {
      // The scales and shifts that the first normalisation has learned.
      let first = net.namedParameters().filter { $0.name.hasPrefix("1.") }
      for (name, parameter) in first { training.show(name, parameter.value) }
    }
  }
}

/// Batch normalisation of `x`, `[batch, channels]` or `[batch, channels, height, width]`, in elementary operations: by the mean and the biased
/// variance of the batch if `isTraining`, else by the moving averages; then · gamma + beta.
///
/// Parameters and averages are `[channels]`. Returns the averages as they go on: `momentum` of the old, 1 - `momentum` of the new. What is averaged is
/// the unbiased variance, as the library's layer has it; the book's code keeps the biased one.
public func batchNormFromScratch<S: FloatingScalar>(
  _ x: Tensor<S>, gamma: Tensor<S>, beta: Tensor<S>, movingMean: Tensor<S>, movingVariance: Tensor<S>,
  epsilon: S = 1e-5, momentum: S = 0.9, isTraining: Bool
) -> (output: Tensor<S>, movingMean: Tensor<S>, movingVariance: Tensor<S>) {
  require(x.rank == 2 || x.rank == 4, "batchNormFromScratch", "an input of shape \(x.shape)")
  let channels = x.shape[1]
  let column: Shape = x.rank == 2 ? [1, channels] : [1, channels, 1, 1]
  func normalized(_ mean: Tensor<S>, _ variance: Tensor<S>) -> Tensor<S> {
    (x - mean.reshaped(column)) / sqrt(variance.reshaped(column) + epsilon) * gamma.reshaped(column)
      + beta.reshaped(column)
  }
  guard isTraining else { return (normalized(movingMean, movingVariance), movingMean, movingVariance) }
  let axes = x.rank == 2 ? [0] : [0, 2, 3]
  let mean = x.mean(axes: axes)  // [channels]
  let deviation = x - mean.reshaped(column)
  let variance = (deviation * deviation).mean(axes: axes)  // [channels]
  let output = normalized(mean, variance)
  let samples = S(fromDouble: Double(x.count / channels))
  let unbiased = variance * (samples / (samples - 1))
  return (
    output, withoutGradient { momentum * movingMean + (1 - momentum) * mean },
    withoutGradient { momentum * movingVariance + (1 - momentum) * unbiased }
  )
}

/// A layer of ``batchNormFromScratch(_:gamma:beta:movingMean:movingVariance:epsilon:momentum:isTraining:)``. Whether it uses the batch's statistics is
/// decided by its mode, not by whether gradients are recorded: the book's PyTorch code evaluates with the batch's.
public final class BatchNormFromScratch: Layer, ModeDependent {
  let gamma, beta: Parameter
  let movingMean, movingVariance: Buffer<Float>
  /// Whether it behaves as in training.
  public var isTraining = true

  /// A layer for `channels` channels: scale 1, shift 0.
  public init(_ channels: Int) {
    gamma = Parameter([channels], .constant(1))
    beta = Parameter([channels], .zeros)
    movingMean = Buffer(Tensor(zeros: [channels]))
    movingVariance = Buffer(Tensor(ones: [channels]))
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    let result = batchNormFromScratch(
      x, gamma: gamma.value, beta: beta.value, movingMean: movingMean.value, movingVariance: movingVariance.value,
      isTraining: isTraining)
    movingMean.value = result.movingMean
    movingVariance.value = result.movingVariance
    return result.output
  }
}
