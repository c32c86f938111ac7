import D2LCore

/// The models of this package by name, for programs that make one, load weights into it and run it.
public enum VisionZoo {
  /// All of them: the book's forms under the book's names, and torchvision's under its own.
  public static let models: [ZooModel] = book + torchvision + cifar

  /// The model of this name, nil if there is none.
  public static func model(named name: String) -> ZooModel? { models.first { $0.name == name } }

  /// The networks as the book's sections build them, for Fashion-MNIST.
  private static let book: [ZooModel] = [
    ZooModel("lenet", "LeNet-5", section: "6.6", input: [1, 28, 28], classes: 10) { LeNet(classes: $0) },
    ZooModel("alexnet_book", "AlexNet, gray", section: "7.1", input: [1, 224, 224], classes: 10) {
      AlexNet.book(classes: $0)
    },
    ZooModel("vgg11_book", "VGG-11, gray, a quarter as wide", section: "7.2", input: [1, 224, 224], classes: 10) {
      VGG(bookNarrowedBy: 4, classes: $0)
    },
    ZooModel("nin", "Network in Network", section: "7.3", input: [1, 224, 224], smallest: [1, 96, 96], classes: 10) {
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

  private static let torchvision: [ZooModel] =
    [imageNet("alexnet", "AlexNet of 2014", section: "7.1", smallest: 63) { AlexNet(classes: $0) }]
    + VGGDepth.allCases.flatMap { depth in
      [
        imageNet("vgg\(depth.rawValue)", "VGG-\(depth.rawValue)", section: "7.2") { VGG(depth, classes: $0) },
        imageNet("vgg\(depth.rawValue)_bn", "VGG-\(depth.rawValue) with batch normalisation", section: "7.2") {
          VGG(depth, batchNorm: true, classes: $0)
        },
      ]
    }
    + [
      imageNet("googlenet", "GoogLeNet with batch normalisation", section: "7.4") {
        GoogLeNet(classes: $0, transformingInput: true)
      }
    ]
    + ResNetVariant.allCases.map { variant in
      imageNet(variant.rawValue, "ResNet", section: "7.6") { ResNet(variant, classes: $0) }
    }
    + DenseNetVariant.allCases.map { variant in
      imageNet(variant.rawValue, "DenseNet", section: "7.7", sources: [densenetOf2017]) {
        DenseNet(variant, classes: $0)
      }
    }
    + SqueezeNet.Version.allCases.map { version in
      imageNet(version.rawValue, "SqueezeNet") { SqueezeNet(version, classes: $0) }
    }
    + [imageNet("mobilenet_v2", "MobileNetV2") { MobileNetV2(classes: $0) }]

  private static let cifar: [ZooModel] = CIFARResNet.depths.map { depth in
    ZooModel(
      "cifar_resnet\(depth)", "ResNet-\(depth) for small images", section: "7.6", input: [3, 32, 32],
      smallest: [3, 8, 8], classes: 10
    ) { CIFARResNet(depth: depth, classes: $0) }
  }

  /// A network for color images of ImageNet's thousand classes, normalised by ``ImageNormalization/imageNet``.
  private static func imageNet(
    _ name: String, _ about: String, section: String? = nil, smallest: Int = 32, sources: [WeightSource] = [],
    layer: @escaping @Sendable (Int) -> any Layer
  ) -> ZooModel {
    ZooModel(
      name, about, section: section, input: [3, 224, 224], smallest: [3, smallest, smallest], classes: 1000,
      sources: sources, layer: layer)
  }

  /// torchvision's published DenseNets still have the names of 2017, `denselayer1.norm.1.weight`; its code renames them too.
  private static let densenetOf2017 = WeightSource(
    "torchvision", keyMap: [.pattern("**.norm.*.*", "**.norm*.*"), .pattern("**.conv.*.*", "**.conv*.*")])
}
