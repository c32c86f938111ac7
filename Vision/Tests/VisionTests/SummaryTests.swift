import D2LCore
import D2LTestSupport
import D2LVision
import Foundation
import Testing

@Suite struct SummaryTests {
  /// Multiply-adds in billions as torchvision 0.28 publishes them beside its weights (`_ops`).
  private static let published: [(String, Double)] = [
    ("alexnet", 0.714), ("vgg11", 7.609), ("vgg13", 11.308), ("vgg16", 15.47), ("vgg19", 19.632), ("vgg11_bn", 7.609),
    ("vgg13_bn", 11.308), ("vgg16_bn", 15.47), ("vgg19_bn", 19.632), ("googlenet", 1.498), ("resnet18", 1.814),
    ("resnet34", 3.664), ("resnet50", 4.089), ("resnet101", 7.801), ("resnet152", 11.514), ("resnext50_32x4d", 4.23),
    ("resnext101_32x8d", 16.414), ("resnext101_64x4d", 15.46), ("wide_resnet50_2", 11.398),
    ("wide_resnet101_2", 22.753), ("densenet121", 2.834), ("densenet161", 7.728), ("densenet169", 3.36),
    ("densenet201", 4.291), ("squeezenet1_0", 0.819), ("squeezenet1_1", 0.349), ("mobilenet_v2", 0.301),
  ]

  @Test func multiplyAddsAreThoseThatTorchvisionPublishes() throws {
    for (name, billions) in Self.published {
      let kind = try VisionModel.named(name)
      let network = withoutInitialization { kind.make() }
      let counts = summary(of: network, example: kind.input)
      #expect(abs(Double(counts.multiplyAdds) / 1e9 - billions) < 0.00051, "\(name): \(counts.multiplyAdds)")
    }
  }

  @Test(arguments: [
    "lenet", "alexnet", "nin", "googlenet", "resnet18", "densenet121", "squeezenet1_0", "cifar_resnet20",
  ])
  func anEmptyBatchCountsAsAFullOne(_ name: String) throws {
    let kind = try VisionModel.named(name)
    let network = kind.make()
    let (empty, full) = (
      summary(of: network, example: kind.input),
      summary(of: network, input: Tensor(zeros: Shape([1] + Array(kind.input))))
    )
    #expect(empty.multiplyAdds == full.multiplyAdds && empty.parameters == full.parameters)
    #expect(empty.rows.map(\.outputShape) == full.rows.map(\.outputShape))
    // Stage by stage the sums are the same.
    let stages = NetworkSummary(network, input: kind.input)
    #expect(stages.multiplyAdds == full.multiplyAdds)
    #expect(stages.rows.reduce(0) { $0 + $1.multiplyAdds } == full.multiplyAdds)
    let x = Tensor<Float>(zeros: Shape([1] + Array(kind.input)))
    let outputs = network.evaluating { network.outputs(at: Set(stages.rows.map(\.name)), for: x) }
    for row in stages.rows {
      #expect(outputs[row.name]?.shape.dropFirst().elementsEqual(row.output) == true, "\(row.name)")
    }
  }

  /// Sizes from the literature: Araujo, Norris, Sim (2019), table 2 (AlexNet as in "One weird trick", VGG-16); ResNets with the stride on the 3×3
  /// convolution as commonly tabulated.
  @Test(arguments: [
    ("alexnet", "features.12", 195, 32), ("vgg16", "features.30", 212, 32), ("resnet18", "layer4", 435, 32),
    ("resnet34", "layer4", 899, 32), ("resnet50", "layer4", 427, 32), ("vgg11", "features.20", 150, 32),
  ])
  func receptiveFields(_ name: String, _ place: String, _ size: Int, _ stride: Int) throws {
    let network = withoutInitialization { try? VisionModel.named(name).make() }
    let fields = try #require(network).receptiveFields
    let field = try #require(fields.first { $0.name == place }?.field)
    #expect(field.size == (size, size) && field.stride == (stride, stride), "\(field)")
    #expect(fields.last?.field == nil)
  }

  /// The pixels that an output depends on, found by its gradient, are those of the field: over blocks with paths of all kinds. Positive weights on
  /// positive inputs keep everything alive.
  @Test(arguments: ["resnet18", "resnet50", "googlenet", "mobilenet_v2", "squeezenet1_1", "cifar_resnet20"])
  func fieldsAreWhatGradientsReach(_ name: String) throws {
    let (network, place, side) = try Self.beginning(of: name)
    for (number, parameter) in network.parameters.enumerated() {
      parameter.value =
        parameter.shape.count == 1
        ? Tensor(repeating: 0.5, shape: parameter.shape)
        : Formula.uniform(parameter.shape, number, from: 0.5, to: 1) / Float(parameter.shape.dropFirst().reduce(1, *))
    }
    network.eval()
    let x: Tensor<Float> = Formula.uniform([1, 3, side, side], 3, from: 1, to: 2).requiringGradient()
    let output = try #require(network.outputs(at: [place], for: x)[place])
    let field = try #require(network.receptiveFields.first { $0.name == place }?.field)
    // A place in the middle, whose field lies within the image.
    let middle = output.shape[2] / 2
    output[0, .all, middle, middle].sum().backward()
    let gradient = try #require(x.gradient).values
    let top = field.start.row + middle * field.stride.height
    // What is a rounding error of the largest is zero: fast convolutions work on tiles.
    let least = 1e-6 * (gradient.map { abs($0) }.max() ?? 0)
    var reached: Set<Int> = []
    for channel in 0..<3 {
      for row in 0..<side
      where (0..<side).contains(where: { abs(gradient[(channel * side + row) * side + $0]) > least }) {
        reached.insert(row)
      }
    }
    let expected = max(top, 0)..<min(top + field.size.height, side)
    let (first, last) = (reached.min() ?? -1, reached.max() ?? -1)
    // Maximum pooling lets one pixel through, often not the outermost: the field is never left, and filled for the most part.
    #expect(first >= expected.lowerBound && last < expected.upperBound, "\(name): \(first)...\(last) of \(expected)")
    #expect(Double(last - first + 1) > 0.6 * Double(expected.count), "\(name): \(first)...\(last) of \(expected)")
  }

  /// A network and a place whose field is smaller than an image of the given size.
  private static func beginning(of name: String) throws -> (any StagedNetwork, String, Int) {
    let places = [
      "resnet18": "layer2", "resnet50": "layer2", "googlenet": "inception3a", "mobilenet_v2": "features.4",
      "squeezenet1_1": "features.4", "cifar_resnet20": "layer2.0",
    ]
    let network = withoutInitialization { try? VisionModel.named(name).make() }
    return (try #require(network), try #require(places[name]), 160)
  }
}
