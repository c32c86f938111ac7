import D2LTensor

/// What the lazy layers share: the sizes of the inputs are learned from the first that comes (book 5.3).
///
/// Parameters are those of the layer that the first call makes, under the same names, drawn from the random source that is current then. Before it
/// there are none, so that optimizers and saved states come after it.
public class LazyLayer<Made: ActivationFusing>: ActivationFusing {
  @Key("") private var made: Made? = nil
  private let make: (_ input: Shape) -> Made

  init(_ make: @escaping (_ input: Shape) -> Made) { self.make = make }

  /// The layer for inputs of the given shape.
  private func layer(for shape: Shape) -> Made {
    if let made { return made }
    let layer = make(shape)
    made = layer
    return layer
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { layer(for: x.shape)(x) }

  /// The same through an activation, in one pass.
  public func callAsFunction(_ x: Tensor<Float>, activation: FusedActivation) -> Tensor<Float> {
    layer(for: x.shape)(x, activation: activation)
  }
}

/// A ``Linear`` that learns the number of its inputs from the first it sees: `[…, inputs]` to `[…, outputs]`.
public final class LazyLinear: LazyLayer<Linear> {
  /// A layer of `outputs` outputs, with a bias unless told otherwise.
  public init(_ outputs: Int, bias: Bool = true) {
    require(outputs >= 0, "LazyLinear", "\(outputs) outputs")
    super.init { shape in
      require(shape.count >= 1, "LazyLinear", "an input without dimensions")
      return Linear(shape[shape.count - 1], outputs, bias: bias)
    }
  }
}

/// A ``Conv1d`` that learns the number of its input channels from the first sequences it sees: `[batch, channels, length]`.
public final class LazyConv1d: LazyLayer<Conv1d> {
  /// A window of `kernel` steps.
  public init(
    _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1,
    bias: Bool = true
  ) {
    super.init { shape in
      Conv1d(
        channels(of: shape, rank: 3, "LazyConv1d"), outputs, kernel: kernel, stride: stride, padding: padding,
        dilation: dilation, groups: groups, bias: bias)
    }
  }

  /// A window with the padding that keeps the length as it is, at stride 1.
  public init(
    _ outputs: Int, kernel: Int, padding: SamePadding, dilation: Int = 1, groups: Int = 1, bias: Bool = true
  ) {
    super.init { shape in
      Conv1d(
        channels(of: shape, rank: 3, "LazyConv1d"), outputs, kernel: kernel, padding: padding, dilation: dilation,
        groups: groups, bias: bias)
    }
  }
}

/// A ``Conv2d`` that learns the number of its input channels from the first images it sees: `[batch, channels, height, width]`.
public final class LazyConv2d: LazyLayer<Conv2d> {
  /// A square window, the same stride, padding and dilation both ways.
  public convenience init(
    _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1,
    bias: Bool = true
  ) {
    self.init(
      outputs, kernel: (kernel, kernel), stride: (stride, stride), padding: (padding, padding),
      dilation: (dilation, dilation), groups: groups, bias: bias)
  }

  /// Sizes given as (height, width).
  public init(
    _ outputs: Int, kernel: (Int, Int), stride: (Int, Int) = (1, 1), padding: (Int, Int) = (0, 0),
    dilation: (Int, Int) = (1, 1), groups: Int = 1, bias: Bool = true
  ) {
    super.init { shape in
      Conv2d(
        channels(of: shape, rank: 4, "LazyConv2d"), outputs, kernel: kernel, stride: stride, padding: padding,
        dilation: dilation, groups: groups, bias: bias)
    }
  }

  /// A square window with the padding that keeps height and width as they are, at stride 1.
  public init(
    _ outputs: Int, kernel: Int, padding: SamePadding, dilation: Int = 1, groups: Int = 1, bias: Bool = true
  ) {
    super.init { shape in
      Conv2d(
        channels(of: shape, rank: 4, "LazyConv2d"), outputs, kernel: kernel, padding: padding, dilation: dilation,
        groups: groups, bias: bias)
    }
  }
}

/// The channels of an input that has them in dimension 1.
private func channels(of shape: Shape, rank: Int, _ name: StaticString) -> Int {
  require(shape.count == rank, name, "input \(shape) has not \(rank) dimensions, channels second")
  return shape[1]
}
