import D2LLayers
import D2LTensor
import D2LTestSupport
import Testing

@Suite struct ModuleTests {
  /// Sizes come from the first input, values from the source that is current then; from there on they are the layers they stand for.
  @Test func lazyLayersAreMadeByTheirFirstCall() {
    func check(_ lazy: Sequential, _ eager: () -> Sequential, _ shape: Shape, _ names: [String]) {
      #expect(lazy.parameters.isEmpty)
      let x: Tensor<Float> = Formula.uniform(shape, 1)
      let first = withRandomSeed(5) { lazy(x) }
      #expect(lazy.namedParameters().map(\.name) == names)
      let eager = withRandomSeed(5) { eager() }
      #expect(eager(x) == first && lazy(x) == first)
      for model in [lazy, eager] { square(model(x)).sum().backward() }
      #expect(lazy.parameters.map(\.gradient) == eager.parameters.map(\.gradient))
      #expect(lazy.parameters.allSatisfy { $0.gradient != nil })
      #expect(eager.restore(Dictionary(uniqueKeysWithValues: lazy.state.map { ($0.name, $0.array) })).isEmpty)
    }
    check(
      Sequential {
        LazyConv2d(4, kernel: 3, padding: 1)
        ReLU()
        LazyConv2d(2, kernel: (3, 2), stride: (2, 1))
        LazyConv2d(2, kernel: 2, padding: .same)
        Flatten()
        LazyLinear(5)
      },
      {
        Sequential {
          Conv2d(3, 4, kernel: 3, padding: 1)
          ReLU()
          Conv2d(4, 2, kernel: (3, 2), stride: (2, 1))
          Conv2d(2, 2, kernel: 2, padding: .same)
          Flatten()
          Linear(12, 5)
        }
      }, [2, 3, 5, 4], ["0.weight", "0.bias", "2.weight", "2.bias", "3.weight", "3.bias", "5.weight", "5.bias"])
    check(
      Sequential {
        LazyConv1d(4, kernel: 3, groups: 2)
        Tanh()
        LazyConv1d(1, kernel: 2, padding: .same, bias: false)
      },
      {
        Sequential {
          Conv1d(2, 4, kernel: 3, groups: 2)
          Tanh()
          Conv1d(4, 1, kernel: 2, padding: .same, bias: false)
        }
      }, [2, 2, 6], ["0.weight", "0.bias", "2.weight"])
  }

  @Test func lazyLayersNameInputsThatDoNotFit() async {
    let crash = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LazyConv1d(4, kernel: 3)(Tensor(zeros: [2, 3]))
    }
    let text = String(decoding: crash?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("LazyConv1d") && text.contains("[2, 3]"))
  }

  final class Tied: Layer {
    let embedding = Linear(4, 6, bias: false)
    let middle = Linear(6, 4)
    let output: Linear
    init() { output = Linear(weight: embedding.weight, bias: nil) }
    func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { output(middle(embedding(x))) }
  }

  /// A tied parameter gathers one gradient, is saved once, and stays tied when restored.
  @Test func tiedParameters() {
    let model = withRandomSeed(1) { Tied() }
    #expect(model.state.map(\.name) == ["embedding.weight", "middle.weight", "middle.bias"])
    model(Formula.uniform([3, 4], 1)).sum().backward()
    #expect(model.output.weight.gradient != nil && model.output.weight === model.embedding.weight)
    let other = withRandomSeed(2) { Tied() }
    #expect(other.restore(Dictionary(uniqueKeysWithValues: model.state.map { ($0.name, $0.array) })).isEmpty)
    #expect(other.output.weight.value == model.embedding.weight.value)
    #expect(other.output.weight === other.embedding.weight)
  }

  @Test func frozenParametersGetNoGradient() {
    let model = withRandomSeed(1) { Tied() }
    model.middle.freeze()
    model(Formula.uniform([3, 4], 1)).sum().backward()
    #expect(model.middle.weight.gradient == nil && model.embedding.weight.gradient != nil)
    model.unfreeze()
    model(Formula.uniform([3, 4], 1)).sum().backward()
    #expect(model.middle.weight.gradient != nil)
  }

  @Test func listsNameTheirModules() {
    let list = ModuleList([Linear(2, 3), Linear(3, 2)])
    #expect(list.namedParameters().map(\.name) == ["0.weight", "0.bias", "1.weight", "1.bias"])
    list.append(Linear(2, 2, bias: false))
    #expect(list.count == 3 && list.last?.weight.shape == [2, 2])
  }

  @Test func summaryShowsWhatRuns() {
    let model = Sequential {
      Conv2d(1, 6, kernel: 5, padding: 2)
      ReLU()
      MaxPool2d(2)
      Flatten()
      Linear(1176, 10)
    }
    model[4].freeze()
    let table = summary(of: model, input: Tensor(zeros: [2, 1, 28, 28]))
    #expect(table.rows.map(\.kind) == ["Conv2d", "maxPool2d", "Linear"])
    #expect(table.rows.map(\.path) == ["0", "", "4"])
    #expect(table.rows.map(\.outputShape) == [[2, 6, 28, 28], [2, 6, 14, 14], [2, 10]])
    #expect(table.rows.map(\.parameters) == [156, 0, 11770])
    #expect(table.rows.map(\.multiplyAdds) == [2 * 6 * 28 * 28 * 25, 0, 2 * 11760])
    #expect(table.parameters == 11926 && table.trainable == 156)
    #expect(model[4].parameters.allSatisfy { $0.isFrozen }, "frozen again")
    #expect(table.description.contains("4 (Linear)") && table.description.contains("11,926"))
  }

  @Test func anExampleIsCountedWithoutComputing() {
    let model = Sequential {
      Conv2d(3, 8, kernel: 3, stride: 2, padding: 1)
      BatchNorm2d(8)
      ReLU()
      Conv2d(8, 8, kernel: 3, padding: 1, groups: 4)
      MaxPool2d(2)
      AdaptiveAvgPool2d(2)
      Flatten()
      Linear(32, 5)
    }
    let (example, whole) = (
      summary(of: model, example: [3, 17, 20]), summary(of: model, input: Tensor(zeros: [1, 3, 17, 20]))
    )
    #expect(example.rows.map(\.outputShape) == whole.rows.map(\.outputShape))
    #expect(example.rows.map(\.multiplyAdds) == whole.rows.map(\.multiplyAdds))
    #expect(example.multiplyAdds == 9 * 10 * 8 * 27 + 9 * 10 * 8 * 18 + 32 * 5)
    #expect(example.parameters == whole.parameters)
    // One whose first layer is the size of a city is counted as fast.
    #expect(summary(of: Conv2d(1, 1, kernel: 3), example: [1, 100_002, 100_002]).multiplyAdds == 90_000_000_000)
  }

  @Test func windowsOfLayers() {
    let convolution = Conv2d(1, 2, kernel: (3, 5), stride: (2, 1), padding: (1, 2), dilation: (1, 3)).window
    #expect(convolution.kernel == (3, 5) && convolution.stride == (2, 1))
    #expect(convolution.padding == (1, 2) && convolution.dilation == (1, 3))
    let pooling = MaxPool2d(3, stride: 2, padding: 1).window
    #expect(pooling.kernel == (3, 3) && pooling.stride == (2, 2) && pooling.padding == (1, 1))
    #expect(AvgPool2d(2).window.stride == (2, 2) && AvgPool2d(2).window.dilation == (1, 1))
  }

  @Test func summaryOfRecurrentAndTiedLayers() {
    let layer = GRU(3, 4, layers: 2)
    let table = summary(of: layer) { layer(Tensor(zeros: [5, 2, 3])).output }
    #expect(table.rows.map(\.parameters) == [12 * 7 + 24, 12 * 8 + 24])
    #expect(table.rows.map(\.multiplyAdds) == [10 * 12 * 7, 10 * 12 * 8])
    let tied = summary(of: Tied(), input: Tensor(zeros: [1, 4]))
    #expect(tied.rows.map(\.parameters) == [24, 28, 0] && tied.parameters == 52)
  }
}
