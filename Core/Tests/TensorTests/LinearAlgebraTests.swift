import D2LTensor
import D2LTestSupport
import Testing

@Suite struct LinearAlgebraTests {
  private func matrix(_ shape: Shape, _ stream: Int) -> Tensor<Double> { Formula.uniform(shape, stream) }

  private func isIdentity(_ x: Tensor<Double>) -> Bool {
    let identity = Tensor<Double>(eye: x.shape[x.rank - 1]).expanded(to: x.shape)
    return x.isClose(to: identity, absolute: 1e-10)
  }

  @Test(arguments: [[1, 1], [5, 5], [4, 7], [7, 4], [3, 2, 4], [2, 3, 5, 3]])
  func factorsMultiplyToTheMatrix(_ sizes: [Int]) throws {
    let a = matrix(Shape(sizes), 3)
    let (q, r) = a.qr()
    #expect(q.matmul(r).isClose(to: a, absolute: 1e-12))
    #expect(isIdentity(q.transposed().matmul(q)))
    #expect(r.lowerTriangle(diagonal: -1) == Tensor(zerosLike: r))
    let (u, s, vt) = try a.svd()
    #expect((u * s.unsqueezed(axis: -2)).matmul(vt).isClose(to: a, absolute: 1e-12))
    #expect(isIdentity(u.transposed().matmul(u)) && isIdentity(vt.matmul(vt.transposed())))
    let (fullU, fullS, fullVT) = try a.svd(full: true)
    #expect(fullU.shape[fullU.rank - 1] == sizes[sizes.count - 2])
    #expect(isIdentity(fullU.matmul(fullU.transposed())) && isIdentity(fullVT.matmul(fullVT.transposed())))
    #expect(fullS.isClose(to: s))
    let p = try a.pseudoinverse()
    #expect(a.matmul(p).matmul(a).isClose(to: a, absolute: 1e-10))
    #expect(p.matmul(a).matmul(p).isClose(to: p, absolute: 1e-10))
  }

  @Test func squareSystems() throws {
    let a = matrix([3, 4, 4], 5) + 2 * Tensor(eye: 4)
    #expect(isIdentity(a.matmul(try a.inverse())))
    let b = matrix([3, 4, 2], 6)
    #expect(a.matmul(try a.solve(b)).isClose(to: b, absolute: 1e-12))
    #expect(try a.matrixPower(0) == Tensor<Double>(eye: 4).expanded(to: [3, 4, 4]))
    #expect(try a.matrixPower(5).isClose(to: a.matmul(a).matmul(a).matmul(a).matmul(a)))
    let determinants = a.determinant()
    let (sign, logarithm) = a.logDeterminant()
    #expect((sign * exp(logarithm)).isClose(to: determinants))
    #expect(a.matmul(a).determinant().isClose(to: determinants * determinants))
    let swapped = Tensor(concatenating: [a[.all, 1..<2], a[.all, 0..<1], a[.all, 2...]], axis: 1)
    #expect(swapped.determinant().isClose(to: -determinants))
  }

  @Test func symmetricMatrices() throws {
    let x = matrix([2, 5, 5], 7)
    let symmetric = x + x.transposed()
    let (values, vectors) = try symmetric.eigh()
    #expect(
      (vectors * values.unsqueezed(axis: -2)).matmul(vectors.transposed()).isClose(to: symmetric, absolute: 1e-12))
    #expect(values == values.sorted().values)
    let positive = x.matmul(x.transposed()) + Tensor<Double>(eye: 5)
    let l = try positive.cholesky()
    #expect(l.matmul(l.transposed()).isClose(to: positive, absolute: 1e-12))
    #expect(l.upperTriangle(diagonal: 1) == Tensor(zerosLike: l))
  }

  /// A v = λ v, in real and imaginary parts.
  @Test(arguments: [1, 2, 3, 6])
  func generalEigenvalues(_ n: Int) throws {
    let a = matrix([4, n, n], 8)
    let found = try a.eig()
    let (re, im) = (found.vectors, found.imaginaryVectors)
    let (lre, lim) = (found.values.unsqueezed(axis: -2), found.imaginaryValues.unsqueezed(axis: -2))
    #expect(a.matmul(re).isClose(to: re * lre - im * lim, absolute: 1e-10))
    #expect(a.matmul(im).isClose(to: re * lim + im * lre, absolute: 1e-10))
    #expect((square(re) + square(im)).sum(axis: -2).isClose(to: Tensor(ones: [4, n])))
    #expect(found.values.sum(axis: -1).isClose(to: a.trace(), absolute: 1e-10))
  }

  @Test func aRotationHasAComplexPair() throws {
    let found = try Tensor<Float>([[0, -1], [1, 0]]).eig()
    #expect(!found.isReal)
    #expect(found.values.isClose(to: Tensor([0, 0]), absolute: 1e-6))
    #expect(found.imaginaryValues.isClose(to: Tensor([1, -1]), absolute: 1e-6))
    // The book's example, 18.2: eigenvalues 1 and 3.
    let book = try Tensor<Float>([[2, 1], [2, 3]]).eig()
    #expect(book.isReal)
    #expect(book.values.sorted().values.isClose(to: Tensor([1, 4])))
  }

  @Test func ranksAndLeastSquares() throws {
    let a = matrix([5, 2], 9).matmul(matrix([2, 4], 10))
    #expect(try a.matrixRank().item() == 2)
    #expect(try Tensor<Double>(zeros: [3, 3]).matrixRank().item() == 0)
    #expect(try Tensor<Float>(eye: 4).matrixRank().item() == 4)
    let tall = matrix([6, 3], 11)
    let b = matrix([6], 12)
    let x = try tall.leastSquares(b)
    // The residual is orthogonal to the columns.
    #expect(tall.transposed().matmul(tall.matmul(x) - b).isClose(to: Tensor(zeros: [3]), absolute: 1e-12))
  }

  @Test func singularAndAsymmetricMatricesThrow() {
    let singular = Tensor<Double>([[1, 2], [2, 4]])
    let stack = Tensor(stacking: [Tensor<Double>(eye: 2), singular])
    #expect(throws: LinearAlgebraError.singular(operation: "inverse", matrix: 1)) { try stack.inverse() }
    #expect(throws: LinearAlgebraError.singular(operation: "solve", matrix: 0)) { try singular.solve(Tensor([1, 2])) }
    #expect(throws: LinearAlgebraError.singular(operation: "inverse", matrix: 0)) { try singular.matrixPower(-1) }
    #expect(throws: LinearAlgebraError.notPositiveDefinite(matrix: 0)) {
      try Tensor<Float>([[1, 2], [2, 1]]).cholesky()
    }
    #expect(throws: LinearAlgebraError.notSymmetric(operation: "eigh")) {
      try Tensor<Float>([[1, 2], [3, 1]]).eigh()
    }
    #expect(throws: LinearAlgebraError.notSymmetric(operation: "cholesky")) {
      try Tensor<Float>([[1, 0.5], [0, 1]]).cholesky()
    }
    #expect(throws: LinearAlgebraError.notConverged(operation: "svd", matrix: 0)) {
      try Tensor<Double>([[.nan, 1], [1, 1]]).svd()
    }
    #expect(singular.determinant().item() == 0)
    #expect(singular.logDeterminant().sign.item() == 0)
    #expect("\(LinearAlgebraError.singular(operation: "solve", matrix: 3))" == "solve: matrix 3 is singular")
  }

  /// The determinant has a gradient where it is 0: the cofactors.
  @Test func gradientOfAZeroDeterminant() {
    for values in [[[1, 2], [2, 4]], [[0, 0], [0, 3]], [[0, 0], [0, 0]]] as [[[Double]]] {
      #expect(gradientMismatch([Tensor(values)]) { $0[0].determinant() } == nil)
    }
    #expect(gradientMismatch([matrix([3, 2], 1).matmul(matrix([2, 3], 2))]) { $0[0].determinant() } == nil)
  }

  @Test func emptyMatrices() throws {
    let none = Tensor<Double>(zeros: [0, 3, 3])
    #expect(try none.inverse().shape == [0, 3, 3])
    #expect(none.determinant().shape == [0])
    #expect(try Tensor<Double>(zeros: [0, 0]).inverse().shape == [0, 0])
    #expect(Tensor<Double>(zeros: [0, 0]).determinant().item() == 1)
    #expect(try Tensor<Double>(zeros: [0, 4]).svd().s.shape == [0])
    #expect(try Tensor<Double>(zeros: [2, 3]).solveOfNothing().shape == [3, 0])
  }
}

extension Tensor<Double> {
  /// A system without right-hand sides.
  fileprivate func solveOfNothing() throws -> Tensor { try Tensor(eye: 3).solve(Tensor(zeros: [3, 0])) }
}
