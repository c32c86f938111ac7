import CD2LKernels

extension Tensor where Scalar: FloatingScalar {
  /// Q with orthonormal columns and upper triangular R, Q R = self: `[…, m, n]` gives `[…, m, k]` and `[…, k, n]`, k the smaller
  /// size. Differentiable (once) for m ≥ n.
  public func qr() -> (q: Tensor, r: Tensor) {
    let parts = erased.orthogonalFactors()
    return (Tensor(parts.q), Tensor(parts.r))
  }

  /// Singular values, largest first, and vectors: self = u diag(s) vᵀ. `[…, m, n]` gives u `[…, m, k]`, s `[…, k]` and vᵀ `[…, k, n]`
  /// with k the smaller size, or square u and vᵀ if `full`. Differentiable (once) unless `full`; the gradients of
  /// vectors want singular values that differ.
  public func svd(full: Bool = false) throws(LinearAlgebraError) -> (u: Tensor, s: Tensor, vTransposed: Tensor) {
    let parts = try erased.singularValues(full: full)
    return (Tensor(parts.u), Tensor(parts.s), Tensor(parts.vt))
  }

  /// Eigenvalues, ascending, and eigenvectors (columns) of symmetric matrices `[…, n, n]`. Differentiable (once); the gradients of
  /// vectors want eigenvalues that differ.
  public func eigh() throws(LinearAlgebraError) -> (values: Tensor, vectors: Tensor) {
    let parts = try erased.symmetricEigen()
    return (Tensor(parts.values), Tensor(parts.vectors))
  }

  /// Eigenvalues and eigenvectors of general real matrices, which may be complex: real and imaginary parts apart.
  public struct Eigen: Sendable {
    /// The eigenvalues' real parts, `[…, n]`, in LAPACK's order; complex ones stand in pairs, the positive imaginary part first.
    public let values: Tensor
    /// Their imaginary parts.
    public let imaginaryValues: Tensor
    /// The eigenvectors' real parts, `[…, n, n]`, one a column, of length 1.
    public let vectors: Tensor
    /// Their imaginary parts.
    public let imaginaryVectors: Tensor
    /// Whether all eigenvalues are real.
    public var isReal: Bool { imaginaryValues.values.allSatisfy { $0 == 0 } }
  }

  /// Eigenvalues and eigenvectors of general square matrices `[…, n, n]`. Not differentiable.
  public func eig() throws(LinearAlgebraError) -> Eigen {
    let parts = try erased.generalEigen()
    return Eigen(
      values: Tensor(parts[0]), imaginaryValues: Tensor(parts[1]), vectors: Tensor(parts[2]),
      imaginaryVectors: Tensor(parts[3]))
  }

  /// The Moore-Penrose inverse of `[…, m, n]`: `[…, n, m]`. Singular values up to `tolerance` times the largest count as 0; the
  /// default is the precision times the larger size. Differentiable (once) where the rank does not change.
  public func pseudoinverse(tolerance: Double? = nil) throws(LinearAlgebraError) -> Tensor {
    Tensor(try erased.pseudoinverted(tolerance))
  }

  /// How many singular values exceed `tolerance` times the largest (see ``pseudoinverse(tolerance:)``): `[…]`.
  public func matrixRank(tolerance: Double? = nil) throws(LinearAlgebraError) -> Tensor<Int64> {
    let s = try erased.detached().singularValues(full: false).s
    let mask = s.isAbove(tolerance ?? erased.rankTolerance)
    return Tensor<Int64>(
      mask.reduced(D2L_COUNT_TRUE, axes: [-1], keepingDimensions: false, type: .int64, "matrixRank"))
  }

  /// The x that brings self x closest to b in the sense of least squares, the shortest if several do: `[…, m, n]` and
  /// `[…, m, k]` or `[m]` give `[…, n, k]` or `[n]`. Differentiable (once) where the rank does not change.
  public func leastSquares(_ b: Tensor) throws(LinearAlgebraError) -> Tensor {
    require(
      rank >= 2 && (b.rank == 1 || b.rank >= 2) && b.shape[Swift.max(0, b.rank - 2)] == shape[rank - 2], "leastSquares",
      "the matrix is \(shape), the right-hand sides \(b.shape)")
    return try pseudoinverse().matmul(b)
  }
}

extension AnyTensor {
  /// The sizes of a stack of matrices.
  private func matrixSizes(_ name: StaticString) -> (m: Int, n: Int, stack: [Int]) {
    require(rank >= 2, name, "an array of shape \(shape) is not a matrix")
    return (shape[rank - 2], shape[rank - 1], Array(shape[..<(rank - 2)]))
  }

  private func asDiagonal() -> AnyTensor {
    var whole = shape
    whole.append(shape[rank - 1])
    return spread(into: whole, "diagonal") { $0.diagonalView(0) }
  }

  // MARK: QR

  func orthogonalFactors() -> (q: AnyTensor, r: AnyTensor) {
    let (m, n, stack) = matrixSizes("qr")
    let kept = Swift.min(m, n)
    let work = detached().transposedMatrix().copied()
    let columns = AnyTensor(uninitialized: Shape(stack + [kept, m]), dtype)
    let r = AnyTensor(uninitialized: Shape(stack + [kept, n]), dtype)
    d2l_qr(
      dtype.kernel, work.pointer, columns.pointer, r.pointer, Int64(m), Int64(n), Int64(stack.reduce(1, *)))
    let q = columns.transposedMatrix()
    func share(_ gradient: AnyTensor, ofQ: Bool) -> AnyTensor {
      requireFirstOrder("qr")
      require(m >= n, "qr", "has no derivative for the wide matrix \(shape)")
      // (g of Q + Q s) R⁻ᵀ, s the symmetric matrix whose upper triangle is that of (g of R) Rᵀ - Qᵀ (g of Q).
      let product =
        ofQ
        ? -columns.multiplied(by: gradient) : gradient.multiplied(by: r.transposedMatrix())
      let upper = product.triangle(diagonal: 0, isLower: false)
      let symmetric = (upper + upper.transposedMatrix()).halvingDiagonal()
      let base = q.multiplied(by: symmetric)
      let total = ofQ ? gradient + base : base
      guard let solved = try? r.solving(total.transposedMatrix()) else {
        fail("qr", "has no derivative where columns are linearly dependent")
      }
      return solved.transposedMatrix()
    }
    return (
      q.recorded("qr", self) { gradient, node in node.send(share(gradient, ofQ: true), to: 0) },
      r.recorded("qr", self) { gradient, node in node.send(share(gradient, ofQ: false), to: 0) }
    )
  }

  // MARK: Singular values

  func singularValues(full: Bool) throws(LinearAlgebraError) -> (u: AnyTensor, s: AnyTensor, vt: AnyTensor) {
    let (m, n, stack) = matrixSizes("svd")
    let kept = Swift.min(m, n)
    let work = copied()
    let u = AnyTensor(uninitialized: Shape(stack + [m, full ? m : kept]), dtype)
    let s = AnyTensor(uninitialized: Shape(stack + [kept]), dtype)
    let vt = AnyTensor(uninitialized: Shape(stack + [full ? n : kept, n]), dtype)
    require(!full || kept > 0, "svd", "full vectors of the empty matrix \(shape)")
    var failed: Int64 = 0
    let info = d2l_svd(
      dtype.kernel, work.pointer, u.pointer, s.pointer, vt.pointer, full, Int64(m), Int64(n),
      Int64(stack.reduce(1, *)), &failed)
    if info != 0 { throw .notConverged(operation: "svd", matrix: Int(failed)) }
    return (
      u.recorded("svd", self) { gradient, node in
        requireSVDGradient(full)
        let inner = u.transposedMatrix().multiplied(by: gradient)
        let skew = (inner - inner.transposedMatrix()) / s.squareGaps()
        var share = u.multiplied(by: skew * s.asRow())
        if m > kept { share = share + (gradient - u.multiplied(by: inner)) / s.asRow() }
        node.send(share.multiplied(by: vt), to: 0)
      },
      s.recorded("svd", self) { gradient, node in
        requireSVDGradient(full)
        node.send((u * gradient.asRow()).multiplied(by: vt), to: 0)
      },
      vt.recorded("svd", self) { gradient, node in
        requireSVDGradient(full)
        let inner = vt.multiplied(by: gradient.transposedMatrix())
        let skew = (inner - inner.transposedMatrix()) / s.squareGaps()
        var share = (s.asColumn() * skew).multiplied(by: vt)
        if n > kept {
          let rest = gradient - gradient.multiplied(by: vt.transposedMatrix()).multiplied(by: vt)
          share = share + rest / s.asColumn()
        }
        node.send(u.multiplied(by: share), to: 0)
      }
    )
  }

  private func asRow() -> AnyTensor { inserted(axis: rank - 1) }
  private func asColumn() -> AnyTensor { inserted(axis: rank) }

  /// s[j]² - s[i]² at (i, j), with ones on the diagonal (what it divides is zero there).
  private func squareGaps() -> AnyTensor {
    let squares = self * self
    let gaps = squares.asRow() - squares.asColumn()
    copy(
      AnyTensor(repeating: 1, shape: shape, dtype: dtype), into: gaps.diagonalView(0))
    return gaps
  }

  // MARK: Eigenvalues

  func symmetricEigen() throws(LinearAlgebraError) -> (values: AnyTensor, vectors: AnyTensor) {
    try requireSymmetric("eigh")
    let (n, batch) = requireSquare("eigh")
    let rows = copied()
    let values = AnyTensor(uninitialized: Shape(shape.dropLast()), dtype)
    var failed: Int64 = 0
    if count > 0 && d2l_eigh(dtype.kernel, rows.pointer, values.pointer, Int64(n), Int64(batch), &failed) != 0 {
      throw .notConverged(operation: "eigh", matrix: Int(failed))
    }
    let vectors = rows.transposedMatrix()
    return (
      values.recorded("eigh", self) { gradient, node in
        requireFirstOrder("eigh")
        node.send((vectors * gradient.asRow()).multiplied(by: rows), to: 0)
      },
      vectors.recorded("eigh", self) { gradient, node in
        requireFirstOrder("eigh")
        let gaps = values.asRow() - values.asColumn()
        let inner = rows.multiplied(by: gradient)
        copy(AnyTensor(repeating: 1, shape: values.shape, dtype: gaps.dtype), into: gaps.diagonalView(0))
        let scaled = inner / gaps
        copy(AnyTensor(repeating: 0, shape: values.shape, dtype: gaps.dtype), into: scaled.diagonalView(0))
        node.send(vectors.multiplied(by: scaled).multiplied(by: rows), to: 0)
      }
    )
  }

  /// Values and vectors, each real and imaginary.
  func generalEigen() throws(LinearAlgebraError) -> [AnyTensor] {
    let (n, batch) = requireSquare("eig")
    let work = detached().transposedMatrix().copied()
    let target = Shape(shape.dropLast())
    let values = AnyTensor(uninitialized: target, dtype)
    let imaginary = AnyTensor(uninitialized: target, dtype)
    let packed = AnyTensor(uninitialized: shape, dtype)
    var failed: Int64 = 0
    if count > 0,
      d2l_eig(
        dtype.kernel, work.pointer, values.pointer, imaginary.pointer, packed.pointer, Int64(n), Int64(batch), &failed)
        != 0
    {
      throw .notConverged(operation: "eig", matrix: Int(failed))
    }
    let vectors = packed.copied()
    let imaginaryVectors = AnyTensor(repeating: 0, shape: shape, dtype: dtype)
    let parts = Tensor<Double>(converting: imaginary).values
    let rows: Shape = [batch * n, n]
    let (real, other) = (vectors.reshaped(rows), imaginaryVectors.reshaped(rows))
    let source = packed.reshaped(rows)
    // A complex pair stands as real part, imaginary part in two rows; the second vector is the conjugate of the first.
    for row in 0..<Swift.max(0, batch * n - 1) where parts[row] > 0 {
      let second = source.selected(axis: 0, index: row + 1)
      copy(source.selected(axis: 0, index: row), into: real.selected(axis: 0, index: row + 1))
      copy(second, into: other.selected(axis: 0, index: row))
      copy(second.applying(D2L_NEG), into: other.selected(axis: 0, index: row + 1))
    }
    return [values, imaginary, vectors.transposedMatrix(), imaginaryVectors.transposedMatrix()].map { part in
      part.recorded("eig", self) { _, _ in fail("eig", "has no derivative here") }
    }
  }

  // MARK: Rank and pseudoinverse

  /// Relative size below which singular values count as 0, as NumPy's matrix_rank has it.
  fileprivate var rankTolerance: Double {
    let precision = dtype == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne
    return precision * Double(Swift.max(shape[rank - 2], shape[rank - 1]))
  }

  /// Where singular values `[…, k]`, largest first, exceed `tolerance` times the first.
  fileprivate func isAbove(_ tolerance: Double) -> AnyTensor {
    if count == 0 { return AnyTensor(repeating: 0, shape: shape, dtype: .bool) }
    let limit = sliced(axis: rank - 1, from: 0, count: 1).scaled(by: tolerance)
    return binary(D2L_GT, limit, "matrixRank")
  }

  func pseudoinverted(_ tolerance: Double?) throws(LinearAlgebraError) -> AnyTensor {
    let x = detached()
    let (u, s, vt) = try x.singularValues(full: false)
    let zero = AnyTensor(repeating: 0, shape: [], dtype: dtype)
    let mask = s.isAbove(tolerance ?? rankTolerance)
    let inverse = AnyTensor.select(mask, AnyTensor.select(mask, s, zero.adding(1)).dividing(1), zero)
    let result = vt.transposedMatrix().multiplied(by: inverse.asColumn() * u.transposedMatrix())
    return result.recorded("pseudoinverse", self) { gradient, node in
      requireFirstOrder("pseudoinverse")
      // Golub & Pereyra, 1973: the differential of the pseudoinverse at constant rank.
      let (p, g) = (result.transposedMatrix(), gradient.transposedMatrix())
      let first = p.multiplied(by: gradient).multiplied(by: p)
      let right = g.multiplied(by: result).multiplied(by: p)
      let second = right - x.multiplied(by: result.multiplied(by: right))
      let left = p.multiplied(by: result).multiplied(by: g)
      let third = left - left.multiplied(by: result).multiplied(by: x)
      node.send(second + third - first, to: 0)
    }
  }
}

/// The gradients of full singular vectors are not determined.
private func requireSVDGradient(_ full: Bool) {
  requireFirstOrder("svd")
  require(!full, "svd", "full vectors have no derivative; take full: false")
}
