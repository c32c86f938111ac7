import D2LTensor

/// Adds sines and cosines of the position to `[batch, steps, width]`, then drops out (Vaswani et al., 2017; book 10.6).
///
/// P[i, 2j] = sin(i / 10000^(2j / width)), P[i, 2j + 1] = cos of the same. Nothing is learned and nothing saved.
public final class PositionalEncoding: Layer, ModeDependent {
  /// `[1, steps, width]`.
  public let table: Tensor<Float>
  private let dropout: Double
  /// Whether it behaves as in training.
  public var isTraining = true

  /// Positions of up to `steps` steps.
  public init(_ width: Int, steps: Int = 1000, dropout: Double = 0) {
    require(width > 0 && steps > 0 && 0...1 ~= dropout, "PositionalEncoding", "\(steps) positions of \(width)")
    self.dropout = dropout
    let places = Tensor<Double>(arange: steps).reshaped([steps, 1])
    let exponents = Tensor<Double>(arange: (width + 1) / 2) * (2 / Double(width))
    let angles = places / pow(Tensor(repeating: 10000, shape: exponents.shape), exponents)
    let pairs = Tensor(stacking: [sin(angles), cos(angles)], axis: 2).reshaped([steps, -1])
    table = pairs[.all, 0..<width].contiguous().converted(to: Float.self).unsqueezed(axis: 0)
  }

  /// The layer's output for `x`, `[batch, steps, width]`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    require(
      x.rank == 3 && x.shape[2] == table.shape[2] && x.shape[1] <= table.shape[1], "PositionalEncoding",
      "input \(x.shape) for \(table.shape[1]) positions of \(table.shape[2])")
    let sum = x + table[.all, 0..<x.shape[1]]
    guard isTraining && dropout > 0 else { return sum }
    return sum.droppedOut(probability: dropout, using: &RandomSource.current.generator)
  }
}

/// Adds a learned vector for each position to `[batch, steps, width]` (Devlin et al., 2018; book 14.8).
///
/// Parameter: `pos_embedding` `[1, steps, width]`, standard normal at first.
public final class LearnedPositionalEncoding: Layer {
  @Key("pos_embedding") private var table: Parameter

  /// Positions of up to `steps` steps.
  public init(_ width: Int, steps: Int = 1000) {
    require(width > 0 && steps > 0, "LearnedPositionalEncoding", "\(steps) positions of \(width)")
    table = Parameter([1, steps, width], .normal())
  }

  /// The layer's output for `x`, `[batch, steps, width]`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    require(
      x.rank == 3 && x.shape[2] == table.shape[2] && x.shape[1] <= table.shape[1], "LearnedPositionalEncoding",
      "input \(x.shape) for \(table.shape[1]) positions of \(table.shape[2])")
    return x + table.value[.all, 0..<x.shape[1]]
  }
}

/// LayerNorm(x + dropout(y)): the residual connection around a Transformer's sublayers (book 10.7). Parameters `ln.weight` and `ln.bias`.
public final class AddNorm: Module {
  @Key("ln") private var norm: LayerNorm
  private let dropout: Dropout

  /// Normalises the last dimension, `width`.
  public init(_ width: Int, dropout: Double = 0, epsilon: Double = 1e-5) {
    self.dropout = Dropout(dropout)
    norm = LayerNorm(width, epsilon: epsilon)
  }

  /// The sublayer's output `y` added to its input `x`, both `[…, width]`.
  public func callAsFunction(_ x: Tensor<Float>, _ y: Tensor<Float>) -> Tensor<Float> { norm(x + dropout(y)) }
}

/// Two linear maps with ReLU between them, the same at every position: `[…, inputs]` to `[…, outputs]` (book 10.7). Parameters of `dense1`
/// and `dense2`.
public final class PositionWiseFFN: Layer {
  private let dense1, dense2: Linear

  /// A layer of the given sizes.
  public init(_ inputs: Int, hidden: Int, _ outputs: Int) {
    dense1 = Linear(inputs, hidden)
    dense2 = Linear(hidden, outputs)
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { dense2(dense1(x, activation: .relu)) }
}
