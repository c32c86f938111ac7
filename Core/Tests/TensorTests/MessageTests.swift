import D2LTensor
import Testing

/// Mistakes of a caller stop the program with the operation and the shapes, in optimised builds too.
@Suite struct MessageTests {
  private func expect(
    _ crash: ExitTest.Result?, says message: String, _ location: SourceLocation = #_sourceLocation
  ) {
    let text = String(decoding: crash?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains(message), sourceLocation: location)
  }

  @Test func shapesThatDoNotBroadcast() async {
    let crash = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]) + Tensor<Float>(zeros: [4])
    }
    expect(crash, says: "add: left is [2, 3], right is [4]")
  }

  @Test func innerSizesOfAProduct() async {
    let crash = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]).matmul(Tensor<Float>(zeros: [2, 3]))
    }
    expect(crash, says: "matmul: left is [2, 3] float32, right is [2, 3] float32; the inner sizes must agree")
  }

  @Test func reshapingToAnotherCount() async {
    let crash = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]).reshaped([4, -1])
    }
    expect(crash, says: "reshape: [2, 3], 6 elements, into [4, -1]")
  }

  @Test func indicesOutOfRange() async {
    let crash = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3])[Tensor<Int64>([0]), Tensor<Int64>([3])]
    }
    expect(crash, says: "subscript: index 3 in dimension 1 of shape [2, 3]")
  }

  @Test func inPlaceArithmeticKeepsTheShape() async {
    let crash = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var x = Tensor<Float>(zeros: [3])
      x += Tensor<Float>(zeros: [2, 3])
    }
    expect(crash, says: "in-place arithmetic: left is [3], right is [2, 3]")
  }

  @Test func einsumNamesItsEquation() async {
    let crash = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = einsum("ij,jk->ik", Tensor<Float>(zeros: [2, 3]), Tensor<Float>(zeros: [4, 2]))
    }
    expect(crash, says: "einsum: \"j\" has sizes 3 and 4 in [[2, 3], [4, 2]]")
  }

  @Test func matricesMustBeSquare() async {
    let crash = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]).determinant()
    }
    expect(crash, says: "determinant: an array of shape [2, 3] is not a square matrix")
  }
}
