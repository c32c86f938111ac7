import D2LTensor

/// Images in a larger (or smaller) size: `[batch, channels, height, width]` to `[batch, channels, height', width']` (book 13.10).
public final class Upsample: Layer {
  private enum Target {
    case size((Int, Int))
    case scale((Double, Double))
  }
  private let target: Target
  private let interpolation: Interpolation

  /// To a size of (height, width).
  public init(size: (Int, Int), _ interpolation: Interpolation = .nearest) {
    target = .size(size)
    self.interpolation = interpolation
  }

  /// `scale` times as high and wide.
  public init(scale: Double, _ interpolation: Interpolation = .nearest) {
    target = .scale((scale, scale))
    self.interpolation = interpolation
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    switch target {
    case .size(let size): upsample(x, size: size, interpolation: interpolation)
    case .scale(let scale): upsample(x, scale: scale, interpolation: interpolation)
    }
  }
}
