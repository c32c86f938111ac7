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
    didSet { if isFrozen { leaf.clearGradient() } }
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

  /// What backward passes have gathered since ``zeroGradient()``; nil if none has reached this parameter. A ``sparseGradient`` is spread
  /// over a whole array each time this is read.
  public var gradient: Tensor<Float>? {
    get { leaf.wholeGradient.map { Tensor($0) } }
    set {
      if let newValue {
        require(newValue.shape == shape, "gradient", "\(newValue.shape) for a parameter of shape \(shape)")
      }
      leaf.clearGradient()
      leaf.gradient = newValue?.erased.detached()
    }
  }

  /// The gathered gradient as rows, where nothing but sparse look-ups (`Embedding` with `sparse`) has sent any; nil otherwise.
  public var sparseGradient: SparseGradient? {
    get {
      guard leaf.gradient == nil, let rows = leaf.rows?.merged() else { return nil }
      leaf.rows = rows
      return SparseGradient(rows: Tensor(rows.ids), values: Tensor(rows.values))
    }
    set {
      leaf.clearGradient()
      leaf.rows = newValue.map { RowShare(ids: $0.rows.erased, values: $0.values.erased) }
    }
  }

  /// Forgets the gathered gradient.
  public func zeroGradient() { leaf.clearGradient() }

  /// Calls `body` with the value and the gradient, both dense, the value to be changed in place: an optimizer's access. Does
  /// nothing and returns false if there is no gradient.
  @discardableResult
  public func update(
    _ body: (_ value: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>, _ count: Int) -> Void
  ) -> Bool {
    guard let gradient = leaf.wholeGradient?.contiguous() else { return false }
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

  /// Calls `body` for each row of the ``sparseGradient``, the value's row to be changed in place: an optimizer's access to the few rows of a large
  /// table that a batch has touched. Does nothing and returns false if there is no sparse gradient.
  @discardableResult
  public func updateRows(
    _ body: (
      _ row: Int, _ value: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>, _ width: Int
    ) -> Void
  ) -> Bool {
    guard let sparse = sparseGradient else { return false }
    let width = sparse.values.shape[1]
    let rows = sparse.rows.values
    stored.withUnsafeMutableBytes { value in
      sparse.values.withUnsafeBufferPointer { gradient in
        guard let value = value.baseAddress?.assumingMemoryBound(to: Float.self), let gradient = gradient.baseAddress
        else { return }
        for (place, row) in rows.enumerated() {
          body(Int(row), value + Int(row) * width, gradient + place * width, width)
        }
      }
    }
    return true
  }

  /// Calls `body` with the gathered gradient, dense, to be changed in place (clipping, averaging). Does nothing and returns false if there is
  /// none. A body that leaves zeros zero says so by `keepingZeros`, and gets the rows of a sparse gradient instead of all.
  @discardableResult
  public func updateGradient(
    keepingZeros: Bool = false, _ body: (_ gradient: UnsafeMutablePointer<Float>, _ count: Int) -> Void
  ) -> Bool {
    if keepingZeros, let sparse = sparseGradient {
      var values = sparse.values
      leaf.rows = nil
      let count = values.count
      values.withUnsafeMutableBufferPointer { buffer in
        if let start = buffer.baseAddress { body(start, count) }
      }
      sparseGradient = SparseGradient(rows: sparse.rows, values: values)
      return true
    }
    guard var gradient = leaf.wholeGradient else { return false }
    // The leaf lets go while the gradient is changed: two owners would mean a copy.
    leaf.clearGradient()
    let count = gradient.count
    gradient.withUnsafeMutableBytes { bytes in
      if let start = bytes.baseAddress { body(start.assumingMemoryBound(to: Float.self), count) }
    }
    leaf.gradient = gradient
    return true
  }

  /// Multiplies the gathered gradient, in place where its memory is its own.
  public func scaleGradient(by factor: Float) {
    if let sparse = sparseGradient {
      sparseGradient = SparseGradient(rows: sparse.rows, values: sparse.values * factor)
      return
    }
    guard var gradient = leaf.wholeGradient else { return }
    leaf.clearGradient()
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
