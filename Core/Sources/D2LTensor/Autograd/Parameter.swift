/// An array that a model learns: a value with a gradient beside it, shared by reference.
///
/// Two layers that hold the same parameter are tied: it is trained once and saved once.
public final class Parameter {
  private var stored: AnyTensor
  private var leaf: Node

  /// A parameter that starts at `value`.
  public init(_ value: Tensor<Float>) {
    stored = value.erased.detached()
    leaf = Node(leafOfShape: value.shape, dtype: .float32)
  }

  /// The sizes of the value.
  public var shape: Shape { stored.shape }

  /// Whether training leaves it as it is: operations on its value are then not recorded.
  public var isFrozen = false {
    didSet { if isFrozen { leaf.gradient = nil } }
  }

  /// The value. What is computed from it sends its gradient to ``gradient``. Changing it through this property works in place.
  public var value: Tensor<Float> {
    get {
      var result = stored
      if !isFrozen { result.node = leaf }
      return Tensor(result)
    }
    _modify {
      // The value is lent out without its leaf, so that arithmetic on it is not recorded and nothing is copied.
      var lent = Tensor<Float>(stored)
      stored = Parameter.nothing
      defer {
        stored = lent.erased.detached()
        if stored.shape != leaf.shape { leaf = Node(leafOfShape: stored.shape, dtype: .float32) }
      }
      yield &lent
    }
  }

  private static let nothing = AnyTensor(repeating: 0, shape: [0], dtype: .float32)

  /// What backward passes have gathered since ``zeroGradient()``; nil if none has reached this parameter.
  public var gradient: Tensor<Float>? {
    get { leaf.gradient.map { Tensor($0) } }
    set {
      if let newValue {
        require(newValue.shape == shape, "gradient", "\(newValue.shape) for a parameter of shape \(shape)")
      }
      leaf.gradient = newValue?.erased.detached()
    }
  }

  /// Forgets the gathered gradient.
  public func zeroGradient() { leaf.gradient = nil }

  /// Calls `body` with the value and the gradient, both dense, the value to be changed in place: an optimizer's access. Does
  /// nothing and returns false if there is no gradient.
  @discardableResult
  public func update(
    _ body: (_ value: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>, _ count: Int) -> Void
  ) -> Bool {
    guard let gradient = leaf.gradient?.contiguous() else { return false }
    let count = stored.count
    stored.withUnsafeMutableBytes { value in
      gradient.withUnsafeBytes { gradient in
        guard let value = value.baseAddress, let gradient = gradient.baseAddress else { return }
        body(
          value.assumingMemoryBound(to: Float.self), gradient.assumingMemoryBound(to: Float.self), count)
      }
    }
    return true
  }

  /// Calls `body` with the gathered gradient, dense, to be changed in place (clipping, averaging). Does nothing and returns false if there is
  /// none.
  @discardableResult
  public func updateGradient(_ body: (_ gradient: UnsafeMutablePointer<Float>, _ count: Int) -> Void) -> Bool {
    guard var gradient = leaf.gradient else { return false }
    // The leaf lets go while the gradient is changed: two owners would mean a copy.
    leaf.gradient = nil
    let count = gradient.count
    gradient.withUnsafeMutableBytes { bytes in
      if let start = bytes.baseAddress { body(start.assumingMemoryBound(to: Float.self), count) }
    }
    leaf.gradient = gradient
    return true
  }

  /// Multiplies the gathered gradient, in place where its memory is its own.
  public func scaleGradient(by factor: Float) {
    guard var gradient = leaf.gradient else { return }
    leaf.gradient = nil
    var typed = Tensor<Float>(gradient)
    gradient = Parameter.nothing
    typed *= factor
    leaf.gradient = typed.erased
  }
}

/// An array that belongs to a model's state but is not learned by gradients: running statistics, counters, tables.
public final class Buffer<Scalar: TensorScalar> {
  /// The array.
  public var value: Tensor<Scalar>

  /// A buffer that starts at `value`.
  public init(_ value: Tensor<Scalar>) { self.value = value.erased.isTracked ? Tensor(value.erased.detached()) : value }
}
