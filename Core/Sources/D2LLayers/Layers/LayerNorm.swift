import D2LTensor

/// Normalises the last dimensions by their own mean and variance (Ba et al., 2016; book 10.7): `[…, size]` to the same shape.
///
/// Parameters: `weight` (ones at first) and `bias` (zeros) of the shape `size`.
public final class LayerNorm: Layer {
  /// What is learned; its shape is given above.
  public let weight: Parameter?
  /// What is added, if anything is.
  public let bias: Parameter?
  /// The sizes of the dimensions that are normalised together.
  public let size: Shape
  /// Added to the variance.
  public let epsilon: Double

  /// Normalises the last dimension.
  public convenience init(_ width: Int, epsilon: Double = 1e-5, affine: Bool = true, bias: Bool = true) {
    self.init([width], epsilon: epsilon, affine: affine, bias: bias)
  }

  /// Normalises the last dimensions, which have the sizes given. Without `affine` nothing is learned, without `bias` the weight alone.
  public init(_ size: Shape, epsilon: Double = 1e-5, affine: Bool = true, bias: Bool = true) {
    require(!size.isEmpty, "LayerNorm", "no dimensions to normalise")
    self.size = size
    self.epsilon = epsilon
    weight = affine ? Parameter(size, .constant(1)) : nil
    self.bias = affine && bias ? Parameter(size, .zeros) : nil
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    layerNorm(x, size: size, weight: weight?.value, bias: bias?.value, epsilon: epsilon)
  }
}

/// Normalises groups of channels of each example: `[batch, channels, …]` to the same shape (Wu & He, 2018).
///
/// Parameters: `weight` (ones at first) and `bias` (zeros), `[channels]`.
public final class GroupNorm: Layer {
  /// What is learned; its shape is given above.
  public let weight: Parameter?
  /// What is added, if anything is.
  public let bias: Parameter?
  private let groups, channels: Int
  private let epsilon: Double

  /// `channels` in `groups` of the same size.
  public init(groups: Int, _ channels: Int, epsilon: Double = 1e-5, affine: Bool = true) {
    require(groups > 0 && channels % groups == 0, "GroupNorm", "\(channels) channels in \(groups) groups")
    self.groups = groups
    self.channels = channels
    self.epsilon = epsilon
    weight = affine ? Parameter([channels], .constant(1)) : nil
    bias = affine ? Parameter([channels], .zeros) : nil
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    require(
      x.rank >= 2 && x.shape[1] == channels, "GroupNorm", "input \(x.shape), expected \(channels) channels")
    return normalizedInGroups(x, groups: groups, weight: weight, bias: bias, epsilon: epsilon)
  }
}

/// Normalises each channel of each image by itself: `[batch, channels, height, width]` to the same shape (Ulyanov et al., 2016).
///
/// Parameters, with `affine`: `weight` (ones at first) and `bias` (zeros), `[channels]`. Nothing is tracked: evaluation works as training.
public final class InstanceNorm2d: Layer {
  /// What is learned; its shape is given above.
  public let weight: Parameter?
  /// What is added, if anything is.
  public let bias: Parameter?
  private let channels: Int
  private let epsilon: Double

  /// A layer for `channels` channels, without learned scale and shift unless `affine`.
  public init(_ channels: Int, epsilon: Double = 1e-5, affine: Bool = false) {
    require(channels > 0, "InstanceNorm2d", "\(channels) channels")
    self.channels = channels
    self.epsilon = epsilon
    weight = affine ? Parameter([channels], .constant(1)) : nil
    bias = affine ? Parameter([channels], .zeros) : nil
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    require(
      x.rank == 4 && x.shape[1] == channels && x.shape[2] * x.shape[3] > 1, "InstanceNorm2d",
      "input \(x.shape), expected \(channels) channels of more than one pixel")
    return normalizedInGroups(x, groups: channels, weight: weight, bias: bias, epsilon: epsilon)
  }
}

/// Each group of channels as one row of a layer norm, then scale and shift by channel.
private func normalizedInGroups(
  _ x: Tensor<Float>, groups: Int, weight: Parameter?, bias: Parameter?, epsilon: Double
) -> Tensor<Float> {
  let width = x.count / max(x.shape[0] * groups, 1)
  let rows = x.reshaped([x.shape[0] * groups, width])
  var result = layerNorm(rows, size: [width], weight: nil, bias: nil, epsilon: epsilon).reshaped(x.shape)
  let column = Shape.column(x.shape[1], rank: x.rank - 1)
  if let weight { result = result * weight.value.reshaped(column) }
  if let bias { result = result + bias.value.reshaped(column) }
  return result
}
