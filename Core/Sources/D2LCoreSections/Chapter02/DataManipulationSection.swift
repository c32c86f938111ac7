import ArgumentParser
import D2LCommands
import D2LCore

/// Section 2.1: arrays, arithmetic, broadcasting, slices, memory.
struct DataManipulationSection: Section {
  static let info = SectionInfo(
    number: "2.1", title: "Data Manipulation", package: "core", command: "data-manipulation", data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)

    run.part("Getting started")
    var x = Tensor<Float>(arange: 12)
    run.show("arange(12)", x)
    run.show("shape", "\(x.shape)")
    run.show("count", x.count)
    x = x.reshaped([3, -1])
    run.show("X = reshaped([3, 4])", x)
    run.show("zeros([2, 3, 4])", Tensor<Float>(zeros: [2, 3, 4]))
    run.show("ones([2, 3, 4])", Tensor<Float>(ones: [2, 3, 4]))
    run.show("randomNormal([3, 4])", run.source.scope { Tensor<Float>(randomNormal: [3, 4]) })
    let y = Tensor<Float>([[2, 1, 4, 3], [1, 2, 3, 4], [4, 3, 2, 1]])
    run.show("Y", y)

    run.part("Operations")
    let a = Tensor<Float>([1, 2, 4, 8])
    let b = Tensor<Float>([2, 2, 2, 2])
    run.show("a + b", a + b)
    run.show("a - b", a - b)
    run.show("a * b", a * b)
    run.show("a / b", a / b)
    run.show("pow(a, b)", pow(a, b))
    run.show("exp(a)", exp(a))
    run.show("X and Y along axis 0", x.concatenated(with: y, axis: 0))
    run.show("X and Y along axis 1", x.concatenated(with: y, axis: 1))
    run.show("X .== Y", x .== y)
    run.show("X.sum()", x.sum())

    run.part("Broadcasting")
    let column = Tensor<Float>(arange: 3).reshaped([3, 1])
    let row = Tensor<Float>(arange: 2).reshaped([1, 2])
    run.show("column + row", column + row)

    run.part("Indexing and slicing")
    run.show("X[-1]", x[-1])
    run.show("X[1..<3]", x[1..<3])
    x.fill(1, 2, with: 9)
    run.show("X with X[1, 2] = 9", x)
    x.fill(0..<2, with: 12)
    run.show("X with X[0..<2] = 12", x)

    run.part("Saving memory")
    var z = y
    let before = TensorStatistics.copiesOnWrite
    z += x
    run.show("whole-array copies of z += X while y shares it", TensorStatistics.copiesOnWrite - before)
    let again = TensorStatistics.copiesOnWrite
    z += x
    run.show("copies of z += X once z has its own memory", TensorStatistics.copiesOnWrite - again)

    run.part("Conversion")
    run.show("values", "\(a.values)")
    let single = Tensor<Float>([3.5])
    run.show("item", Double(single.item()), decimals: 1)
    run.show("as Int64", single.converted(to: Int64.self))
    try run.finish()
  }
}
