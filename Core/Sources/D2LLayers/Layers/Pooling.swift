import D2LTensor

/// The largest of each window: `[batch, channels, height, width]` to `[batch, channels, height', width']` (book 6.5).
public final class MaxPool2d: Layer {
  private let kernel, stride, padding: (Int, Int)
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

  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    maxPool2d(x, kernel: kernel, stride: stride, padding: padding, roundingUp: roundsUp)
  }
}

/// The mean of each window: `[batch, channels, height, width]` to `[batch, channels, height', width']` (book 6.5).
public final class AvgPool2d: Layer {
  private let kernel, stride, padding: (Int, Int)
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

  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    avgPool2d(
      x, kernel: kernel, stride: stride, padding: padding, roundingUp: roundsUp, countingPadding: countsPadding)
  }
}
