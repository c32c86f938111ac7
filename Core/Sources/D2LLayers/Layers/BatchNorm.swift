import D2LTensor

/// Batch normalisation of each channel of `[batch, channels, …]` (Ioffe & Szegedy, 2015; book 7.5): what ``BatchNorm1d`` and
/// ``BatchNorm2d`` share.
///
/// In training (x - mean) / √(variance + epsilon) by the statistics of the batch, in evaluation by running averages of them; then
/// · weight + bias. Parameters: `weight` (ones at first) and `bias` (zeros), `[channels]`, unless `affine` is false. Buffers:
/// `running_mean`, `running_var` and `num_batches_tracked`, unless `tracksStatistics` is false: evaluation then uses the batch's own
/// statistics too. The running variance is the unbiased one.
public class BatchNorm: Layer, ModeDependent {
  /// What is learned; its shape is given above.
  public let weight: Parameter?
  /// What is added, if anything is.
  public let bias: Parameter?
  /// The running mean of each channel.
  @Key("running_mean") public private(set) var runningMean: Buffer<Float>?
  /// The running unbiased variance of each channel.
  @Key("running_var") public private(set) var runningVariance: Buffer<Float>?
  /// How many batches the running averages have seen.
  @Key("num_batches_tracked") public private(set) var trackedBatches: Buffer<Int64>?
  /// How many channels there are.
  public let channels: Int
  /// The weight of the newest batch in the running averages; nil gives every batch the same weight.
  public let momentum: Float?
  /// Added to the variance.
  public let epsilon: Double
  /// Whether it behaves as in training.
  public var isTraining = true

  /// A layer for `channels` channels.
  public init(
    _ channels: Int, momentum: Float? = 0.1, epsilon: Double = 1e-5, affine: Bool = true, tracksStatistics: Bool = true
  ) {
    require(channels > 0, "BatchNorm", "\(channels) channels")
    self.channels = channels
    self.momentum = momentum
    self.epsilon = epsilon
    weight = affine ? Parameter([channels], .constant(1)) : nil
    bias = affine ? Parameter([channels], .zeros) : nil
    runningMean = tracksStatistics ? Buffer(Tensor(zeros: [channels])) : nil
    runningVariance = tracksStatistics ? Buffer(Tensor(ones: [channels])) : nil
    trackedBatches = tracksStatistics ? Buffer(Tensor(0)) : nil
  }

  /// The name and the ranks of inputs, for the check of a call.
  var taken: (name: StaticString, ranks: ClosedRange<Int>) { ("BatchNorm", 2...8) }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    let (name, ranks) = taken
    require(
      ranks.contains(x.rank) && x.shape[1] == channels, name,
      "input \(x.shape), expected \(channels) channels in dimension 1 of \(ranks.lowerBound) to \(ranks.upperBound)")
    if !isTraining, let runningMean, let runningVariance {
      return batchNorm(
        x, mean: runningMean.value, variance: runningVariance.value, weight: weight?.value, bias: bias?.value,
        epsilon: epsilon)
    }
    let samples = x.count / channels
    if samples == 0 {
      // Counted as PyTorch counts it, but it moves no average.
      if isTraining { countBatch() }
      return x
    }
    require(
      !isTraining || samples > 1, name, "one value per channel in training has no variance: input \(x.shape)")
    let (output, mean, variance) = batchNorm(x, weight: weight?.value, bias: bias?.value, epsilon: epsilon)
    if isTraining { track(mean, variance, samples: samples) }
    return output
  }

  /// How many batches have been tracked, with this one.
  @discardableResult
  private func countBatch() -> Int64 {
    guard let trackedBatches else { return 0 }
    let batches = trackedBatches.value.item() + 1
    trackedBatches.value.withUnsafeMutableBufferPointer { $0[0] = batches }
    return batches
  }

  private func track(_ mean: Tensor<Float>, _ variance: Tensor<Float>, samples: Int) {
    guard let runningMean, let runningVariance else { return }
    let batches = countBatch()
    let share = momentum ?? 1 / Float(batches)
    let unbiased = Float(samples) / Float(samples - 1)
    runningMean.value.approach(mean, by: share, scale: 1)
    runningVariance.value.approach(variance, by: share, scale: unbiased)
  }
}

extension Tensor<Float> {
  /// self = (1 - share) self + share scale target, in place.
  fileprivate mutating func approach(_ target: Tensor, by share: Float, scale: Float) {
    target.withUnsafeBufferPointer { target in
      withUnsafeMutableBufferPointer { own in
        for index in own.indices { own[index] = (1 - share) * own[index] + share * (scale * target[index]) }
      }
    }
  }
}

/// Batch normalisation of features: `[batch, channels]` or `[batch, channels, length]` to the same shape.
///
/// Parameters `weight`, `bias` and buffers `running_mean`, `running_var`, `num_batches_tracked` as ``BatchNorm`` has them.
public final class BatchNorm1d: BatchNorm {
  override var taken: (name: StaticString, ranks: ClosedRange<Int>) { ("BatchNorm1d", 2...3) }
}

/// Batch normalisation of images: `[batch, channels, height, width]` to the same shape.
///
/// Parameters `weight`, `bias` and buffers `running_mean`, `running_var`, `num_batches_tracked` as ``BatchNorm`` has them.
public final class BatchNorm2d: BatchNorm {
  override var taken: (name: StaticString, ranks: ClosedRange<Int>) { ("BatchNorm2d", 4...4) }
}
