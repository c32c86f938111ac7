import D2LTensor
import D2LTestSupport
import Testing

/// Against NumPy's text with precision 4 (Tools/Parity/tensor_printing.py).
@Suite struct PrintingTests {
  private func parts(_ entry: Any) throws -> [String: Any] { try #require(entry as? [String: Any]) }

  @Test func numbersAreWrittenAsNumPyWritesThem() throws {
    let golden = try Golden("tensor_printing")
    for name in golden.names where name.hasPrefix("list") {
      let entry = try parts(golden.entry(name))
      let texts = try #require(entry["values"] as? [String])
      let values = texts.map { Double($0.replacing("np.float64(", with: "").replacing(")", with: "")) ?? .nan }
      #expect(Tensor<Double>(values).description == entry["float64"] as? String, "\(name)")
      #expect(Tensor<Float>(values.map { Float($0) }).description == entry["float32"] as? String, "\(name), float32")
    }
  }

  @Test func arraysAreLaidOutAsNumPyLaysThemOut() throws {
    let golden = try Golden("tensor_printing")
    for name in golden.names where name.hasPrefix("shape") {
      let entry = try parts(golden.entry(name))
      let shape = Shape(try #require(entry["shape"] as? [Int]))
      let stream = try #require(Int(name.dropFirst(6)))
      let floats: Tensor<Float> = Formula.uniform(shape, stream, from: -3, to: 3)
      let integers = Formula.integers(shape, stream, in: -50..<120)
      #expect(floats.description == entry["float32"] as? String, "\(name)")
      #expect((floats.converted(to: Double.self) * 1000).description == entry["wide"] as? String, "\(name), wide")
      #expect(integers.description == entry["int64"] as? String, "\(name), integers")
      #expect((integers .> 0).description == entry["bool"] as? String, "\(name), bool")
    }
  }

  @Test func viewsPrintLikeTheirCopies() {
    let x: Tensor<Float> = Formula.uniform([4, 6], 1)
    #expect(x.transposed().description == x.transposed().contiguous().description)
    #expect(x[.all, .every(-2)].description == x[.all, .every(-2)].contiguous().description)
  }

  @Test func debuggersSeeTheShape() {
    let x = Tensor<Float>([[1, 2]])
    #expect(x.debugDescription == "Tensor<Float>(shape: [1, 2])\n[[1. 2.]]")
    #expect(Mirror(reflecting: x).children.count == 2)
  }
}
