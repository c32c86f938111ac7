import D2LTensor

/// The largest of each window: `[batch, channels, height, width]` to `[batch, channels, height', width']` (book 6.5).
public final class MaxPool2d: Layer {
  let kernel, stride, padding: (Int, Int)
  private let roundsUp: Bool

  /// A square window; `stride` nil is the window's size. `roundingUp` keeps a last window that sticks out of the image.
  public convenience init(_ kernel: Int, stride: Int? = nil, padding: Int = 0, roundingUp: Bool = false) {
    self.init((kernel, kernel), stride: stride.map { ($0, $0) }, padding: (padding, padding), roundingUp: roundingUp)
  }

  /// Sizes given as (height, width).
  public init(_ kernel: (Int, Int), stride: (Int, Int)? = nil, padding: (Int, Int) = (0, 0), roundingUp: Bool = false) {
    self.kernel = kernel
    self.stride = stride ?? kernel
    self.padding = padding
    roundsUp = roundingUp
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    maxPool2d(x, kernel: kernel, stride: stride, padding: padding, roundingUp: roundsUp)
  }
}

/// The mean of each window: `[batch, channels, height, width]` to `[batch, channels, height', width']` (book 6.5).
public final class AvgPool2d: Layer {
  let kernel, stride, padding: (Int, Int)
  private let roundsUp, countsPadding: Bool

  /// A square window; `stride` nil is the window's size. Zeros of the padding count in the divisor if `countingPadding`.
  public convenience init(
    _ kernel: Int, stride: Int? = nil, padding: Int = 0, roundingUp: Bool = false, countingPadding: Bool = true
  ) {
    self.init(
      (kernel, kernel), stride: stride.map { ($0, $0) }, padding: (padding, padding), roundingUp: roundingUp,
      countingPadding: countingPadding)
  }

  /// Sizes given as (height, width).
  public init(
    _ kernel: (Int, Int), stride: (Int, Int)? = nil, padding: (Int, Int) = (0, 0), roundingUp: Bool = false,
    countingPadding: Bool = true
  ) {
    self.kernel = kernel
    self.stride = stride ?? kernel
    self.padding = padding
    roundsUp = roundingUp
    countsPadding = countingPadding
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    avgPool2d(
      x, kernel: kernel, stride: stride, padding: padding, roundingUp: roundsUp, countingPadding: countsPadding)
  }
}

/// The largest of each window of a sequence: `[batch, channels, length]` to `[batch, channels, length']`.
public final class MaxPool1d: Layer {
  private let kernel, stride, padding: Int
  private let roundsUp: Bool

  /// A window of `kernel` steps; `stride` nil is the window's size. `roundingUp` keeps a last window that sticks out.
  public init(_ kernel: Int, stride: Int? = nil, padding: Int = 0, roundingUp: Bool = false) {
    self.kernel = kernel
    self.stride = stride ?? kernel
    self.padding = padding
    roundsUp = roundingUp
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    require(x.rank == 3, "MaxPool1d", "input \(x.shape) is not [batch, channels, length]")
    return maxPool2d(
      x.unsqueezed(axis: 2), kernel: (1, kernel), stride: (1, stride), padding: (0, padding), roundingUp: roundsUp
    ).squeezed(axis: 2)
  }
}

/// The mean of each window of a sequence: `[batch, channels, length]` to `[batch, channels, length']`.
public final class AvgPool1d: Layer {
  private let kernel, stride, padding: Int
  private let roundsUp, countsPadding: Bool

  /// A window of `kernel` steps; `stride` nil is the window's size. Zeros of the padding count in the divisor if `countingPadding`.
  public init(
    _ kernel: Int, stride: Int? = nil, padding: Int = 0, roundingUp: Bool = false, countingPadding: Bool = true
  ) {
    self.kernel = kernel
    self.stride = stride ?? kernel
    self.padding = padding
    roundsUp = roundingUp
    countsPadding = countingPadding
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    require(x.rank == 3, "AvgPool1d", "input \(x.shape) is not [batch, channels, length]")
    return avgPool2d(
      x.unsqueezed(axis: 2), kernel: (1, kernel), stride: (1, stride), padding: (0, padding), roundingUp: roundsUp,
      countingPadding: countsPadding
    ).squeezed(axis: 2)
  }
}
