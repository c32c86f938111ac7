import D2LCore

/// The models of this package by name, for programs that make one, load weights into it and run it.
public enum VisionZoo {
  /// All of them: the book's forms for gray images under the book's names, and the rows of ``VisionModel``.
  public static let models: [ZooModel] = book + VisionModel.all.map(\.row)

  /// The model of this name, nil if there is none.
  public static func model(named name: String) -> ZooModel? { models.first { $0.name == name } }

  /// The networks as the book's sections build them, for Fashion-MNIST.
  private static let book: [ZooModel] = [
    ZooModel("alexnet_book", "AlexNet, gray", section: "7.1", input: [1, 224, 224], classes: 10) {
      AlexNet.book(classes: $0)
    },
    ZooModel("vgg11_book", "VGG-11, gray, a quarter as wide", section: "7.2", input: [1, 224, 224], classes: 10) {
      VGG(bookNarrowedBy: 4, classes: $0)
    },
    ZooModel(
      "nin_book", "Network in Network, gray", section: "7.3", input: [1, 224, 224], smallest: [1, 96, 96], classes: 10
    ) {
      NiN(classes: $0)
    },
    ZooModel(
      "googlenet_book", "GoogLeNet, gray", section: "7.4", input: [1, 96, 96], smallest: [1, 32, 32], classes: 10
    ) {
      BookGoogLeNet(classes: $0)
    },
    ZooModel("lenet_batchnorm", "LeNet with batch normalisation", section: "7.5", input: [1, 28, 28], classes: 10) {
      BatchNormLeNet(classes: $0)
    },
    ZooModel(
      "resnet18_book", "ResNet-18, gray", section: "7.6", input: [1, 96, 96], smallest: [1, 32, 32], classes: 10
    ) {
      ResNet(.resnet18, inputs: 1, classes: $0, style: .book)
    },
    ZooModel(
      "densenet_book", "DenseNet, gray", section: "7.7", input: [1, 96, 96], smallest: [1, 32, 32], classes: 10
    ) {
      BookDenseNet(classes: $0)
    },
  ]
}

extension VisionModel {
  /// The row for programs that know networks by name: in torchvision's form, with the names of those who publish weights for it.
  fileprivate var row: ZooModel {
    let sources = [WeightSource("torchvision", keyMap: VisionModel.olderTorchvision)]
    return ZooModel(
      name, family, section: section, input: input, smallest: smallest, classes: classes,
      sources: published.isEmpty ? [] : sources
    ) { make(classes: $0, for: published.isEmpty ? .own : .torchvision) }
  }
}
