import ArgumentParser
import D2LCommands
import D2LCore

/// Section 2.3: scalars, vectors, matrices; sums, products, norms.
struct LinearAlgebraSection: Section {
  static let info = SectionInfo(
    number: "2.3", title: "Linear Algebra", package: "core", command: "linear-algebra", data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)

    run.part("Scalars")
    let (three, two) = (Tensor<Float>(3), Tensor<Float>(2))
    run.show("3 + 2", three + two)
    run.show("3 * 2", three * two)
    run.show("3 / 2", three / two)
    run.show("pow(3, 2)", pow(three, two))

    run.part("Vectors")
    let x = Tensor<Float>(arange: 4)
    run.show("x = arange(4)", x)
    run.show("x[3]", x[3])
    run.show("x.count", x.count)
    run.show("x.shape", "\(x.shape)")

    run.part("Matrices")
    let a = Tensor<Float>(arange: 20).reshaped([5, 4])
    run.show("A", a)
    run.show("A.transposed()", a.transposed())
    let symmetric = Tensor<Float>([[1, 2, 3], [2, 0, 4], [3, 4, 5]])
    run.show("S", symmetric)
    run.show("S .== S.transposed()", symmetric .== symmetric.transposed())

    run.part("Tensors")
    let cube = Tensor<Float>(arange: 24).reshaped([2, 3, 4])
    run.show("X = arange(24).reshaped([2, 3, 4])", cube)

    run.part("Arithmetic")
    let b = a  // a value: B stays what it is, whatever becomes of A
    run.show("A + B", a + b)
    run.show("A * B, the Hadamard product", a * b)
    run.show("2 + X", 2 + cube)
    run.show("(2 * X).shape", "\((2 * cube).shape)")

    run.part("Reduction")
    run.show("x.sum()", x.sum())
    run.show("A.shape", "\(a.shape)")
    run.show("A.sum()", a.sum())
    run.show("A.sum(axis: 0)", a.sum(axis: 0))
    run.show("A.sum(axis: 1)", a.sum(axis: 1))
    run.show("A.sum(axes: [0, 1])", a.sum(axes: [0, 1]))
    run.show("A.mean()", a.mean())
    run.show("A.sum() / A.count", a.sum() / Float(a.count))
    run.show("A.mean(axis: 0)", a.mean(axis: 0))
    run.show("A.sum(axis: 0) / A.shape[0]", a.sum(axis: 0) / Float(a.shape[0]))

    run.part("Sums that keep their dimensions")
    let rowSums = a.sum(axis: 1, keepingDimensions: true)
    run.show("rowSums = A.sum(axis: 1, keepingDimensions: true)", rowSums)
    run.show("A / rowSums", a / rowSums)
    run.show("A.cumulativeSum(axis: 0)", a.cumulativeSum(axis: 0))

    run.part("Products")
    let ones = Tensor<Float>(ones: [4])
    run.show("x.dot(ones)", x.dot(ones))
    run.show("(x * ones).sum()", (x * ones).sum())
    run.show("A.matmul(x)", a.matmul(x))
    run.show("A.matmul(ones([4, 3]))", a.matmul(Tensor(ones: [4, 3])))

    run.part("Norms")
    let u = Tensor<Float>([3, -4])
    run.show("u.norm()", u.norm())
    run.show("abs(u).sum()", abs(u).sum())
    run.show("ones([4, 9]).norm()", Tensor<Float>(ones: [4, 9]).norm())
    try run.finish()
  }
}
