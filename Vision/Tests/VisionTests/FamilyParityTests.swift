import D2LCore
import D2LTestSupport
import D2LVision
import Testing

/// Every network against the goldens of Tools/Parity/vision_models.py: torchvision's own, and PyTorch networks after the paper and the book where
/// torchvision has none.
@Suite struct FamilyParity {
  /// The networks of which the script has numbers: all but LeNet, whose tests are its own.
  static let variants = VisionModel.all.map(\.name).filter { $0 != "lenet" }

  @Test(arguments: variants) func agreesWithPyTorch(_ name: String) throws {
    let golden = try Golden(name)
    let kind = try VisionModel.named(name)
    let network = withoutInitialization { kind.make() }
    #expect(Double(network.parameterCount) == (try golden.number("parameters")))
    #expect(network.state.map(\.name) == (try golden.names("keys")))
    FormulaWeights.fill(network)
    try ModelParity.evaluation(network, on: Self.images(name, count: 2), agreesWith: golden)

    // Loss and all gradients are stored of the smallest of each family, on larger images.
    FormulaWeights.lift(network)
    let isSmallest = golden.names.contains("gradients")
    let count = isSmallest ? 4 : 2
    let labels: [Int64] = name.hasPrefix("cifar") ? [3, 7, 1, 9] : [3, 700, 31, 9]
    // Single precision is that far from the double precision of the goldens, in PyTorch too (`vision_models.py --check`): behind batch
    // normalisation 3e-4, and where VGG's maximum pooling meets pixels within rounding of each other, 5e-2 at worst.
    let isNormalized = network.namedModules().contains { $0.module is BatchNorm }
    let tolerance = name.hasPrefix("vgg") ? 1e-2 : isNormalized ? 1e-3 : 1e-4
    try ModelParity.training(
      network, on: Self.images(name, count: count, larger: isSmallest), labels: Tensor(Array(labels.prefix(count))),
      agreesWith: golden, gradientsWithin: tolerance)
  }

  private static func images(_ name: String, count: Int, larger: Bool = false) -> Tensor<Float> {
    let side = name.hasPrefix("cifar") ? 32 : larger || name == "alexnet" || name == "nin" ? 96 : 64
    return Formula.uniform([count, 3, side, side], 1)
  }
}
