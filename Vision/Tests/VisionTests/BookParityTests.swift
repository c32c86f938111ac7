import D2LCore
import D2LTestSupport
import D2LVision
import D2LVisionSections
import Testing

/// The book's networks against PyTorch's, by the goldens of Tools/Parity/book_networks.py; LeNet has tests of its own.
@Suite struct BookParity {
  /// A network of the book and how it is made for the golden's images.
  struct Network: CustomTestStringConvertible, Sendable {
    let name: String
    let make: @Sendable (_ imageSize: Int) -> any StagedNetwork
    var testDescription: String { name }

    static let all = [
      Network(name: "book_alexnet") { AlexNet.book(imageSize: $0) },
      Network(name: "book_vgg11") { VGG(bookNarrowedBy: 4, imageSize: $0) },
      Network(name: "book_nin") { _ in NiN() },
      Network(name: "book_googlenet") { _ in BookGoogLeNet() },
      Network(name: "book_batch_norm_lenet") { _ in BatchNormLeNet() },
      Network(name: "book_resnet18") { _ in ResNet(.resnet18, inputs: 1, classes: 10, style: .book) },
      Network(name: "book_small_resnet18") { _ in ResNet(.resnet18, inputs: 1, classes: 10, style: .bookSmall) },
      Network(name: "book_densenet") { _ in BookDenseNet() },
    ]
  }

  @Test(arguments: Network.all) func agreesWithPyTorch(_ network: Network) throws {
    let golden = try Golden(network.name)
    let (size, stream) = (Int(try golden.number("size")), Int(try golden.number("stream")))
    let model = network.make(size)
    #expect(model.state.map(\.name) == (try golden.entry("keys")) as? [String])
    let x: Tensor<Float> = Formula.uniform([4, 1, size, size], stream)
    FormulaWeights.fill(model)
    try ModelParity.evaluation(model, on: x, agreesWith: golden)
    try ModelParity.training(
      model, on: x, labels: Tensor([3, 7, 0, 9]), agreesWith: golden, gradientsWithin: 1e-4)
  }
}
