import D2LCore
import D2LTestSupport
import D2LVisionSections
import Testing

/// The pieces of chapter 6 that are written out: the book's numbers, the library's operations, and their gradients.
@Suite struct Chapter06Tests {
  private let nine = Tensor<Float>(arange: 9).reshaped([3, 3])
  private let four = Tensor<Float>(arange: 4).reshaped([2, 2])

  // MARK: 6.2

  @Test func crossCorrelationOfTheBook() {
    #expect(corr2d(nine, four) == Tensor([[19, 25], [37, 43]]))
  }

  @Test func edgesOfTheBook() {
    var image = Tensor<Float>(ones: [6, 8])
    image.fill(.all, 2..<6, with: 0)
    let kernel = Tensor<Float>([[1, -1]])
    #expect(corr2d(image, kernel) == Tensor([[Float]](repeating: [0, 1, 0, 0, 0, -1, 0], count: 6)))
    #expect(corr2d(image.transposed(), kernel) == Tensor(zeros: [8, 5]))
  }

  @Test(arguments: [(5, 7, 2, 3), (4, 4, 1, 1), (6, 5, 6, 5), (9, 3, 4, 1)])
  func crossCorrelationIsTheLibrarys(_ height: Int, _ width: Int, _ h: Int, _ w: Int) {
    let x: Tensor<Float> = Formula.uniform([height, width], 1)
    let kernel: Tensor<Float> = Formula.uniform([h, w], 2)
    let expected = conv2d(x.reshaped([1, 1, height, width]), weight: kernel.reshaped([1, 1, h, w]), bias: nil)
    #expect(mismatch(corr2d(x, kernel), expected.reshaped([height - h + 1, width - w + 1])) == nil)
  }

  @Test func gradientsOfCrossCorrelation() {
    let problem = gradientMismatch([Formula.uniform([4, 5], 1), Formula.uniform([2, 3], 2)]) { corr2d($0[0], $0[1]) }
    #expect(problem == nil)
  }

  @Test func theLayerAddsItsBias() {
    let layer = CrossCorrelation2d(kernel: (2, 2))
    #expect(layer.bias.value == Tensor(0))
    layer.weight.value = four
    layer.bias.value = Tensor(0.5)
    #expect(layer(nine) == Tensor([[19.5, 25.5], [37.5, 43.5]]))
    #expect(layer.namedParameters().map(\.name) == ["weight", "bias"])
  }

  // MARK: 6.4

  @Test func channelsOfTheBook() {
    let x = Tensor(stacking: [nine, nine + 1])
    let k = Tensor(stacking: [four, four + 1])
    #expect(corr2dMultiIn(x, k) == Tensor([[56, 72], [104, 120]]))
    let kernels = Tensor(stacking: [k, k + 1, k + 2])
    #expect(kernels.shape == [3, 2, 2, 2])
    #expect(
      corr2dMultiInOut(x, kernels)
        == Tensor([[[56, 72], [104, 120]], [[76, 100], [148, 172]], [[96, 128], [192, 224]]]))
  }

  @Test func channelsAreTheLibrarys() {
    let x: Tensor<Float> = Formula.uniform([3, 6, 5], 1)
    let kernels: Tensor<Float> = Formula.uniform([4, 3, 3, 2], 2)
    let expected = conv2d(x.unsqueezed(axis: 0), weight: kernels, bias: nil).squeezed(axis: 0)
    #expect(mismatch(corr2dMultiInOut(x, kernels), expected) == nil)
  }

  @Test func oneByOneIsAMatrixProduct() {
    let x: Tensor<Float> = Formula.uniform([3, 3, 3], 1)
    let kernels: Tensor<Float> = Formula.uniform([2, 3, 1, 1], 2)
    #expect(mismatch(corr2dMultiInOut1x1(x, kernels), corr2dMultiInOut(x, kernels)) == nil)
  }

  @Test func gradientsOfChannels() {
    let whole = gradientMismatch([Formula.uniform([2, 4, 3], 1), Formula.uniform([3, 2, 2, 2], 2)]) {
      corr2dMultiInOut($0[0], $0[1])
    }
    #expect(whole == nil)
    let product = gradientMismatch([Formula.uniform([3, 2, 3], 1), Formula.uniform([2, 3, 1, 1], 2)]) {
      corr2dMultiInOut1x1($0[0], $0[1])
    }
    #expect(product == nil)
  }

  // MARK: 6.5

  @Test func poolingOfTheBook() {
    #expect(pool2d(nine, (2, 2), .maximum) == Tensor([[4, 5], [7, 8]]))
    #expect(pool2d(nine, (2, 2), .average) == Tensor([[2, 3], [5, 6]]))
  }

  @Test(arguments: [(2, 2), (3, 2), (1, 4), (5, 6)]) func poolingIsTheLibrarys(_ h: Int, _ w: Int) {
    let x: Tensor<Float> = Formula.uniform([5, 6], 1)
    let image = x.reshaped([1, 1, 5, 6])
    let shape: Shape = [6 - h, 7 - w]
    let largest = maxPool2d(image, kernel: (h, w), stride: (1, 1)).reshaped(shape)
    let mean = avgPool2d(image, kernel: (h, w), stride: (1, 1)).reshaped(shape)
    #expect(mismatch(pool2d(x, (h, w), .maximum), largest) == nil)
    #expect(mismatch(pool2d(x, (h, w), .average), mean) == nil)
  }

  @Test(arguments: [PoolingMode.maximum, .average]) func gradientsOfPooling(_ mode: PoolingMode) {
    #expect(gradientMismatch([Formula.uniform([4, 5], 3)]) { pool2d($0[0], (2, 3), mode) } == nil)
  }
}
