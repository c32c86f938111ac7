import D2LTensor

/// Layers one after the other. Parameters are named by position: `0.weight`.
///
/// ```swift
/// let net = Sequential {
///   Linear(784, 256)
///   ReLU()
///   Linear(256, 10)
/// }
/// ```
///
/// A linear or convolutional layer followed by ReLU, Sigmoid or Tanh runs as one fused operation, and so does a convolution with the batch
/// normalisation behind it (see ``Conv2d/callAsFunction(_:normalizedBy:activation:)``); the numbers are the same.
public final class Sequential: Layer {
  /// The layers in order.
  @Key("") public private(set) var layers: [any Layer] = []
  private var steps: [Step] = []

  /// A layer, and what it takes over from those behind it.
  private enum Step {
    case layer(any Layer)
    case fused(any ActivationFusing, FusedActivation)
    case normalized(Conv2d, BatchNorm2d, FusedActivation)
  }

  /// The given layers in order.
  public init(_ layers: [any Layer]) {
    self.layers = layers
    plan()
  }

  /// The layers listed in a block.
  public convenience init(@LayerBuilder _ layers: () -> [any Layer]) { self.init(layers()) }

  private func plan() {
    steps = []
    var index = 0
    func layer(_ place: Int) -> (any Layer)? { place < layers.count ? layers[place] : nil }
    while let first = layer(index) {
      if let convolution = first as? Conv2d, let norm = layer(index + 1) as? BatchNorm2d {
        let activation = layer(index + 2) as? any FusableActivation
        steps.append(.normalized(convolution, norm, activation?.fused ?? .none))
        index += activation == nil ? 2 : 3
      } else if let fusing = first as? any ActivationFusing,
        let activation = layer(index + 1) as? any FusableActivation
      {
        steps.append(.fused(fusing, activation.fused))
        index += 2
      } else {
        steps.append(.layer(first))
        index += 1
      }
    }
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    var x = x
    for step in steps {
      switch step {
      case .layer(let layer): x = layer(x)
      case .fused(let layer, let activation): x = layer(x, activation: activation)
      case .normalized(let layer, let norm, let activation): x = layer(x, normalizedBy: norm, activation: activation)
      }
    }
    return x
  }

  /// The layer at a position.
  public subscript(index: Int) -> any Layer { layers[index] }
  /// How many layers there are.
  public var count: Int { layers.count }

  /// Adds a layer at the end.
  public func append(_ layer: any Layer) {
    layers.append(layer)
    plan()
  }

  /// Puts another layer in the place of one: a new head, say.
  public func replace(at index: Int, with layer: any Layer) {
    layers[index] = layer
    plan()
  }

  /// The outputs of every layer for `x`, unfused.
  public func outputs(_ x: Tensor<Float>) -> [Tensor<Float>] {
    var x = x
    return layers.map { layer in
      x = layer(x)
      return x
    }
  }
}

/// A layer that can apply an activation to its output in the same pass.
public protocol ActivationFusing: Layer {
  /// activation(self(x)).
  func callAsFunction(_ x: Tensor<Float>, activation: FusedActivation) -> Tensor<Float>
}

/// An activation layer that others can take over.
protocol FusableActivation: Layer {
  var fused: FusedActivation { get }
}

/// Collects the layers of a ``Sequential``.
@resultBuilder
public enum LayerBuilder {
  /// One line of the block.
  public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
  /// One line of the block.
  public static func buildExpression(_ layers: [any Layer]) -> [any Layer] { layers }
  /// The lines of the block in order.
  public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap { $0 } }
  /// An `if` without `else`.
  public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
  /// The first branch of a choice.
  public static func buildEither(first part: [any Layer]) -> [any Layer] { part }
  /// The second branch of a choice.
  public static func buildEither(second part: [any Layer]) -> [any Layer] { part }
  /// The rounds of a loop.
  public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap { $0 } }
}
