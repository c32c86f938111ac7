import D2LTensor

/// Returns its input: a place holder where a layer is expected.
public final class Identity: Layer {
  /// Has no parameters.
  public init() {}
  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { x }
}

/// All dimensions but the batch in one: `[batch, channels, height, width]` to `[batch, features]`.
public final class Flatten: Layer {
  private let axis: Int

  /// Flattens from dimension `axis` on.
  public init(from axis: Int = 1) { self.axis = axis }
  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { x.flattened(from: axis) }
}

/// One dimension as several: `[batch, features]` to `[batch, channels, height, width]`.
public final class Unflatten: Layer {
  private let axis: Int
  private let sizes: Shape

  /// Cuts dimension `axis` into `sizes`, one of which may be -1.
  public init(axis: Int = 1, _ sizes: Shape) {
    self.axis = axis
    self.sizes = sizes
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    let index = axis < 0 ? axis + x.rank : axis
    require(index >= 0 && index < x.rank, "Unflatten", "axis \(axis) of an array of shape \(x.shape)")
    let known = sizes.reduce(1) { $1 == -1 ? $0 : $0 * $1 }
    let middle = sizes.map { $0 == -1 ? x.shape[index] / max(known, 1) : $0 }
    require(
      middle.reduce(1, *) == x.shape[index], "Unflatten", "dimension \(index) of \(x.shape) into \(sizes)")
    return x.reshaped(Shape(Array(x.shape[..<index]) + middle + Array(x.shape[(index + 1)...])))
  }
}

extension Shape {
  /// `[size, 1, 1, …]`: what makes a vector of channels broadcast over `[batch, channels, …]`.
  static func column(_ size: Int, rank: Int) -> Shape {
    var shape = Shape(repeating: 1, count: rank)
    shape[0] = size
    return shape
  }
}
