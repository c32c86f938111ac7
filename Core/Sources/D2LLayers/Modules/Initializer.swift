import D2LTensor

/// How the values of a parameter begin.
///
/// Fans are counted as PyTorch does: of a weight `[out, in, …]` the fan in is in × kernel size, the fan out is out × kernel size.
public enum Initializer: Sendable, Hashable {
  /// All zero.
  case zeros
  /// All equal.
  case constant(Float)
  /// Normally distributed.
  case normal(mean: Float = 0, standardDeviation: Float = 1)
  /// Uniform on [low, high).
  case uniform(low: Float = 0, high: Float = 1)
  /// Uniform with variance 2 gain² / (fan in + fan out) (Glorot & Bengio, 2010).
  case xavierUniform(gain: Float = 1)
  /// Normal with that variance.
  case xavierNormal(gain: Float = 1)
  /// Uniform with variance gain² / fan (He et al., 2015). `slope` is that of a leaky ReLU, which makes the gain √(2 / (1 + slope²)).
  case kaimingUniform(slope: Float = 0, fan: Fan = .input)
  /// Normal with that variance.
  case kaimingNormal(slope: Float = 0, fan: Fan = .input)
  /// Uniform on ±1/√fan: what PyTorch gives linear and convolutional layers, their biases too.
  case inverseRoot(fan: Int)

  /// Which side of a weight is counted.
  public enum Fan: Sendable {
    /// How many inputs each output sums over.
    case input
    /// How many outputs each input goes to.
    case output
  }

  /// An array of the given shape, from the current random source.
  public func callAsFunction(_ shape: Shape) -> Tensor<Float> {
    if UndrawnWeights.isOn && isRandom { return Tensor(shape: shape) { _ in } }
    return callAsFunction(shape, using: &RandomSource.current.generator)
  }

  private var isRandom: Bool {
    switch self {
    case .zeros, .constant: false
    default: true
    }
  }

  /// An array of the given shape.
  public func callAsFunction(_ shape: Shape, using generator: inout RandomGenerator) -> Tensor<Float> {
    switch self {
    case .zeros: return Tensor(zeros: shape)
    case .constant(let value): return Tensor(repeating: value, shape: shape)
    case .normal(let mean, let deviation):
      return Tensor(randomNormal: shape, mean: mean, standardDeviation: deviation, using: &generator)
    case .uniform(let low, let high): return Tensor(randomUniform: shape, from: low, to: high, using: &generator)
    case .xavierUniform(let gain):
      let (input, output) = Initializer.fans(shape)
      let bound = gain * (6 / Float(input + output)).squareRoot()
      return Tensor(randomUniform: shape, from: -bound, to: bound, using: &generator)
    case .xavierNormal(let gain):
      let (input, output) = Initializer.fans(shape)
      return Tensor(
        randomNormal: shape, standardDeviation: gain * (2 / Float(input + output)).squareRoot(), using: &generator)
    case .kaimingUniform(let slope, let fan):
      let bound = (3 as Float).squareRoot() * Initializer.kaimingDeviation(shape, slope, fan)
      return Tensor(randomUniform: shape, from: -bound, to: bound, using: &generator)
    case .kaimingNormal(let slope, let fan):
      return Tensor(
        randomNormal: shape, standardDeviation: Initializer.kaimingDeviation(shape, slope, fan), using: &generator)
    case .inverseRoot(let fan):
      let bound = fan > 0 ? 1 / Float(fan).squareRoot() : 0
      return Tensor(randomUniform: shape, from: -bound, to: bound, using: &generator)
    }
  }

  private static func kaimingDeviation(_ shape: Shape, _ slope: Float, _ fan: Fan) -> Float {
    let (input, output) = fans(shape)
    return (2 / (1 + slope * slope) / Float(fan == .input ? input : output)).squareRoot()
  }

  private static func fans(_ shape: Shape) -> (input: Int, output: Int) {
    require(
      shape.count >= 2, "initializer",
      "a parameter of shape \(shape) has no fan in and fan out; it takes two dimensions")
    let window = shape.dropFirst(2).reduce(1, *)
    return (shape[1] * window, shape[0] * window)
  }
}

private enum UndrawnWeights {
  @TaskLocal static var isOn = false
}

/// Makes modules whose weights are to be loaded: parameters that would begin at random have the right shape, but no value yet. It spares the drawing
/// of numbers that nobody sees, most of the time that it takes to make a large network.
public func withoutInitialization<Result>(_ body: () throws -> Result) rethrows -> Result {
  try UndrawnWeights.$isOn.withValue(true, operation: body)
}

extension Parameter {
  /// A parameter of the given shape with initial values from the current random source.
  public convenience init(_ shape: Shape, _ initializer: Initializer) { self.init(initializer(shape)) }

  /// Starts anew with other initial values.
  public func initialize(_ initializer: Initializer) { value = initializer(shape) }
}

/// A layer whose weight is a matrix or a stack of kernels: what the book's `init_weights` touches.
public protocol Weighted: Module {
  /// The weight, `[out, in, …]`.
  var weight: Parameter { get }
  /// The bias, if there is one.
  var bias: Parameter? { get }
}

extension Module {
  /// Starts the weights of all linear and convolutional layers anew, in order of declaration; and their biases, if asked.
  public func initializeWeights(_ initializer: Initializer, biases: Initializer? = nil) {
    initializeWeights(initializer, biases: biases, of: (any Weighted).self)
  }

  /// The same for the layers of one type.
  public func initializeWeights<Kind>(_ initializer: Initializer, biases: Initializer? = nil, of kind: Kind.Type) {
    for (_, module) in namedModules() {
      guard module is Kind, let layer = module as? any Weighted else { continue }
      layer.weight.initialize(initializer)
      if let biases { layer.bias?.initialize(biases) }
    }
  }
}
