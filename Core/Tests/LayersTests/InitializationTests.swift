import D2LLayers
import D2LTensor
import Testing

/// First values as PyTorch documents them: uniform on ±bound, reaching it, centred; or standard normal; or constant.
@Suite struct Initialization {
  struct Expected: Sendable, CustomTestStringConvertible {
    let name: String
    let bound: Double
    let make: @Sendable () -> any Module
    var testDescription: String { name }
  }

  static let uniform: [Expected] = [
    .init(name: "Linear", bound: 1 / 20) { Linear(400, 30) },
    .init(name: "Bilinear", bound: 1 / 10) { Bilinear(100, 3, 30) },
    .init(name: "Conv2d", bound: 1 / 6) { Conv2d(8, 60, kernel: 3, groups: 2) },
    .init(name: "Conv1d", bound: 1 / 6) { Conv1d(12, 60, kernel: 3) },
    .init(name: "ConvTranspose2d", bound: 1 / 20) {
      ConvTranspose2d(6, 50, kernel: 4, groups: 2, bias: false).checked(25)
    },
    .init(name: "RNN", bound: 0.1) { RNN(20, 100, layers: 2, bidirectional: true) },
    .init(name: "GRU", bound: 0.1) { GRU(20, 100) },
    .init(name: "LSTM", bound: 0.1) { LSTM(20, 100) },
    .init(name: "RNNCell", bound: 0.1) { RNNCell(20, 100) },
    .init(name: "GRUCell", bound: 0.1) { GRUCell(20, 100) },
    .init(name: "LSTMCell", bound: 0.1) { LSTMCell(20, 100) },
    .init(name: "MultiHeadAttention", bound: 0.1) { MultiHeadAttention(width: 100, heads: 4) },
  ]

  @Test(arguments: uniform) func uniformWithinBounds(_ expected: Expected) {
    let module = withRandomSeed(11) { expected.make() }
    #expect(!module.parameters.isEmpty)
    for (name, parameter) in module.namedParameters() {
      let values = parameter.value.values.map(Double.init)
      let largest = values.map(abs).max() ?? 0
      #expect(largest <= expected.bound * 1.000001, "\(name)")
      #expect(largest > expected.bound * 0.85, "\(name) does not reach its bound")
      guard values.count > 1000 else { continue }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
      #expect(abs(mean) < 0.05 * expected.bound, "\(name)")
      #expect(abs(variance * 3 / (expected.bound * expected.bound) - 1) < 0.1, "\(name)")
    }
  }

  @Test func tablesAreStandardNormal() {
    let modules: [any Module] = withRandomSeed(2) {
      [Embedding(200, 50), EmbeddingBag(200, 50), LearnedPositionalEncoding(50, steps: 200)]
    }
    for module in modules {
      let values = module.parameters[0].value.values.map(Double.init)
      let mean = values.reduce(0, +) / Double(values.count)
      let deviation = (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
      #expect(abs(mean) < 0.05 && abs(deviation - 1) < 0.05)
    }
    #expect(Embedding(5, 3, padding: -1).weight.value[4].values == [0, 0, 0])
  }

  @Test func constants() {
    for layer in [
      BatchNorm1d(3), BatchNorm2d(3), LayerNorm(3), GroupNorm(groups: 1, 3), InstanceNorm2d(3, affine: true),
    ]
      as [any Module]
    {
      #expect(layer.parameters.map { $0.value.values } == [[1, 1, 1], [0, 0, 0]])
    }
    #expect(PReLU(channels: 2).weight.value.values == [0.25, 0.25])
  }

  @Test func seedsDecide() {
    let weights = [1, 1, 2].map { seed in withRandomSeed(seed) { LSTM(3, 4) }.parameters[0].value }
    #expect(weights[0] == weights[1] && weights[0] != weights[2])
  }

  @Test func weightsToBeLoadedAreNotDrawn() throws {
    let source = RandomSource(seed: 7)
    let before = source.generator
    let layers = source.scope {
      withoutInitialization {
        Sequential {
          Linear(30, 20)
          BatchNorm1d(20)
        }
      }
    }
    #expect(source.generator == before)
    #expect(layers.namedParameters().map { $0.parameter.shape } == [[20, 30], [20], [20], [20]])
    // What begins at a fixed value does so all the same.
    let norm = try #require(layers[1] as? BatchNorm1d)
    #expect(norm.weight?.value.values == [Float](repeating: 1, count: 20))
    let drawn = source.scope { Linear(30, 20) }
    #expect(source.generator != before && drawn.weight.value.values.contains { $0 != 0 })
  }
}

extension Module {
  /// Itself, if its first parameter has the given second size.
  func checked(_ size: Int) -> Self {
    precondition(parameters[0].shape[1] == size)
    return self
  }
}
