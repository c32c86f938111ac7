import D2LTensor
import Testing

@Suite struct TensorBasics {
  @Test func creationAndPrinting() {
    let x = Tensor<Float>(arange: 12).reshaped([3, 4])
    #expect(x.shape == [3, 4])
    #expect(x.description == "[[ 0.  1.  2.  3.]\n [ 4.  5.  6.  7.]\n [ 8.  9. 10. 11.]]")
    #expect(x.sum().item() == 66)
    #expect(Tensor<Float>(zeros: [2, 3, 4]).count == 24)
  }

  @Test func viewsShareAndCopyOnWrite() {
    var x = Tensor<Float>(arange: 12).reshaped([3, 4])
    #expect(x[-1].values == [8, 9, 10, 11])
    #expect(x[1..<3].values == Array(4..<12).map(Float.init))
    #expect(x[.all, .every(2)].values == [0, 2, 4, 6, 8, 10])
    #expect(x[.ellipsis, 0].values == [0, 4, 8])
    #expect(x[.every(-1)][0].values == [8, 9, 10, 11])
    let before = x
    x[1, 2] = Tensor(9)
    #expect(x[1].values == [4, 5, 9, 7])
    #expect(before[1].values == [4, 5, 6, 7])
    x[0..<2] = Tensor(12)
    #expect(x[0..<2].values == [Float](repeating: 12, count: 8))
  }

  @Test func broadcastingAndMatmul() {
    let a = Tensor<Float>(arange: 3).reshaped([3, 1])
    let b = Tensor<Float>(arange: 2).reshaped([1, 2])
    #expect((a + b) == Tensor([[0, 1], [1, 2], [2, 3]]))
    let m = Tensor<Float>(arange: 20).reshaped([5, 4])
    #expect(m.matmul(Tensor<Float>(arange: 4)).values == [14, 38, 62, 86, 110])
    #expect(m.matmul(Tensor<Float>(ones: [4, 3]))[.all, 0].values == [6, 22, 38, 54, 70])
    #expect(m.transposed().matmul(Tensor<Float>(ones: [5])).values == [40, 45, 50, 55])
  }

  @Test func backwardOfADotProduct() {
    let x = Tensor<Double>(arange: 4).requiringGradient()
    let y = 2 * x.dot(x)
    #expect(y.item() == 28)
    y.backward()
    #expect(x.gradient == 4 * Tensor<Double>(arange: 4))
  }

  @Test func secondDerivative() {
    let x = Tensor<Double>([1, 2, 3]).requiringGradient()
    let first = gradients(of: (x * x * x).sum(), withRespectTo: [x], createGraph: true)[0]
    #expect(first.isClose(to: Tensor([3, 12, 27])))
    let second = gradients(of: first.sum(), withRespectTo: [x])[0]
    #expect(second.isClose(to: Tensor([6, 12, 18])))
  }
}
