import D2LTensor

/// Means over windows chosen to give a fixed size: `[batch, channels, height, width]` to `[batch, channels, size.0, size.1]`.
public final class AdaptiveAvgPool2d: Layer {
  private let size: (Int, Int)

  /// A square result.
  public convenience init(_ size: Int) { self.init((size, size)) }
  /// A result of (height, width).
  public init(_ size: (Int, Int)) { self.size = size }
  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { adaptiveAvgPool2d(x, size: size) }
}

/// Means over windows chosen to give a fixed length: `[batch, channels, length]` to `[batch, channels, size]`.
public final class AdaptiveAvgPool1d: Layer {
  private let size: Int

  /// A result of `size` steps.
  public init(_ size: Int) { self.size = size }
  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    require(x.rank == 3, "AdaptiveAvgPool1d", "input \(x.shape) is not [batch, channels, length]")
    return adaptiveAvgPool2d(x.unsqueezed(axis: 2), size: (1, size)).squeezed(axis: 2)
  }
}

/// The largest of windows chosen to give a fixed size: `[batch, channels, height, width]` to `[batch, channels, size.0, size.1]`.
public final class AdaptiveMaxPool2d: Layer {
  private let size: (Int, Int)

  /// A square result.
  public convenience init(_ size: Int) { self.init((size, size)) }
  /// A result of (height, width).
  public init(_ size: (Int, Int)) {
    require(size.0 > 0 && size.1 > 0, "AdaptiveMaxPool2d", "to size \(size)")
    self.size = size
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    require(
      x.rank == 4 && x.shape[2] > 0 && x.shape[3] > 0, "AdaptiveMaxPool2d",
      "input \(x.shape) is not [batch, channels, height, width]")
    let (height, width) = (x.shape[2], x.shape[3])
    if height % size.0 == 0 && width % size.1 == 0 {
      return maxPool2d(x, kernel: (height / size.0, width / size.1))
    }
    // Windows of different sizes, perhaps overlapping: one by one.
    let rows = (0..<size.0).map { row in
      let top = row * height / size.0
      let bottom = ((row + 1) * height + size.0 - 1) / size.0
      return Tensor(
        concatenating: (0..<size.1).map { column in
          let left = column * width / size.1
          let right = ((column + 1) * width + size.1 - 1) / size.1
          return maxPool2d(x[.all, .all, top..<bottom, left..<right], kernel: (bottom - top, right - left))
        }, axis: 3)
    }
    return Tensor(concatenating: rows, axis: 2)
  }
}

/// The mean of each channel: `[batch, channels, height, width]` to `[batch, channels]`.
public final class GlobalAvgPool2d: Layer {
  /// Has no parameters.
  public init() {}
  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    require(x.rank == 4, "GlobalAvgPool2d", "input \(x.shape) is not [batch, channels, height, width]")
    return adaptiveAvgPool2d(x, size: (1, 1)).flattened(from: 1)
  }
}

/// The largest of each channel: `[batch, channels, height, width]` to `[batch, channels]`.
public final class GlobalMaxPool2d: Layer {
  /// Has no parameters.
  public init() {}
  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    require(x.rank == 4, "GlobalMaxPool2d", "input \(x.shape) is not [batch, channels, height, width]")
    return maxPool2d(x, kernel: (x.shape[2], x.shape[3])).flattened(from: 1)
  }
}

/// The mean of each channel over time: `[batch, channels, length]` to `[batch, channels]`.
public final class GlobalAvgPool1d: Layer {
  /// Has no parameters.
  public init() {}
  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    require(x.rank == 3, "GlobalAvgPool1d", "input \(x.shape) is not [batch, channels, length]")
    return x.mean(axis: 2)
  }
}

/// The largest of each channel over time: `[batch, channels, length]` to `[batch, channels]` (book 15.3).
public final class GlobalMaxPool1d: Layer {
  /// Has no parameters.
  public init() {}
  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    require(x.rank == 3, "GlobalMaxPool1d", "input \(x.shape) is not [batch, channels, length]")
    return maxPool2d(x.unsqueezed(axis: 2), kernel: (1, x.shape[2])).flattened(from: 1)
  }
}
