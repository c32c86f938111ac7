import D2LCore

/// A network of this package by its name: how it is made, what its inputs are, and whose weights it takes.
///
/// ```swift
/// let model = try VisionModel.named("resnet18").make(classes: 10)
/// ```
public struct VisionModel: Sendable {
  /// The name, torchvision's where it has the network: "resnet18".
  public let name: String
  /// The paper's name for the family: "ResNet".
  public let family: String
  /// The section of the book that shows the family, if one does.
  public let section: String?
  /// The input that it was designed for: `[channels, height, width]`.
  public let input: Shape
  /// The least input that goes through.
  public let smallest: Shape
  /// How many classes it has unless told otherwise.
  public let classes: Int
  /// The paths of the layers that end in the classes: replaced for others.
  public let heads: [String]
  /// How MXNet Gluon names its parameters; nil if Gluon's model zoo does not have it.
  public let gluon: GluonNames?
  private let build: @Sendable (_ classes: Int, _ origin: WeightOrigin) -> any StagedNetwork

  init(
    _ name: String, _ family: String, section: String? = nil, input: Shape = [3, 224, 224],
    smallest: Shape = [3, 32, 32], classes: Int = 1000, heads: [String], gluon: GluonNames? = nil,
    build: @escaping @Sendable (Int, WeightOrigin) -> any StagedNetwork
  ) {
    self.name = name
    self.family = family
    self.section = section
    self.input = input
    self.smallest = smallest
    self.classes = classes
    self.heads = heads
    self.gluon = gluon
    self.build = build
  }

  /// A network that begins at random, of the form that weights of `origin` fit.
  public func make(classes: Int? = nil, for origin: WeightOrigin = .own) -> any StagedNetwork {
    build(classes ?? self.classes, origin)
  }

  /// The weights that are published for it, the recommended ones first.
  public var published: [PretrainedWeights] { PretrainedWeights.of(name) }
}

/// Whose weights a network is to take: publishers differ in details of the network.
public enum WeightOrigin: Sendable, Hashable {
  /// Weights that this package trained.
  case own
  /// torchvision's.
  case torchvision
  /// MXNet Gluon's model zoo.
  case gluon
}

extension VisionModel {
  /// All networks, family by family.
  public static let all: [VisionModel] = {
    var models = [
      VisionModel(
        "lenet", "LeNet", section: "6.6", input: [1, 28, 28], smallest: [1, 28, 28], classes: 10, heads: ["11"]
      ) { classes, _ in
        LeNet(classes: classes)
      },
      VisionModel(
        "alexnet", "AlexNet", section: "7.1", smallest: [3, 63, 63], heads: ["classifier.6"], gluon: .alexNet
      ) { classes, _ in
        AlexNet(classes: classes)
      },
    ]
    for batchNorm in [false, true] {
      for depth in VGGDepth.allCases {
        models.append(
          VisionModel(
            "vgg\(depth.rawValue)\(batchNorm ? "_bn" : "")", "VGG", section: "7.2", heads: ["classifier.6"],
            gluon: .vgg(depth, batchNorm: batchNorm)
          ) { classes, _ in VGG(depth, batchNorm: batchNorm, classes: classes) })
      }
    }
    models.append(
      VisionModel("nin", "NiN", section: "7.3", smallest: [3, 96, 96], heads: ["features.7"]) { classes, _ in
        NiN(inputs: 3, classes: classes)
      })
    models.append(
      VisionModel("googlenet", "GoogLeNet", section: "7.4", heads: ["fc", "aux1.fc2", "aux2.fc2"]) { classes, origin in
        GoogLeNet(classes: classes, transformingInput: origin == .torchvision)
      })
    for variant in ResNetVariant.allCases {
      models.append(
        VisionModel(
          variant.rawValue, variant.family, section: "7.6", heads: ["fc"], gluon: variant.isInGluon ? .resNet : nil
        ) {
          classes, origin in
          ResNet(variant, classes: classes, style: origin == .gluon ? .gluon : .torchvision)
        })
    }
    for variant in DenseNetVariant.allCases {
      models.append(
        VisionModel(variant.rawValue, "DenseNet", section: "7.7", heads: ["classifier"], gluon: .denseNet(variant)) {
          classes, _ in
          DenseNet(variant, classes: classes)
        })
    }
    for version in SqueezeNet.Version.allCases {
      models.append(
        VisionModel(version.rawValue, "SqueezeNet", heads: ["classifier.1"], gluon: .squeezeNet) { classes, _ in
          SqueezeNet(version, classes: classes)
        })
    }
    models.append(
      VisionModel("mobilenet_v2", "MobileNet", heads: ["classifier.1"], gluon: .mobileNetV2) { classes, origin in
        MobileNetV2(classes: classes, style: origin == .gluon ? .gluon : .torchvision)
      })
    for depth in CIFARResNet.depths {
      models.append(
        VisionModel(
          "cifar_resnet\(depth)", "ResNet for CIFAR", section: "7.6", input: [3, 32, 32], smallest: [3, 8, 8],
          classes: 10, heads: ["linear"]
        ) {
          classes, _ in CIFARResNet(depth: depth, classes: classes)
        })
    }
    return models
  }()

  /// The network of this name. Throws an ``UnknownModel`` that names those that there are.
  public static func named(_ name: String) throws(UnknownModel) -> VisionModel {
    guard let model = all.first(where: { $0.name == name }) else { throw UnknownModel(name: name) }
    return model
  }
}

/// A name that no network has.
public struct UnknownModel: Error, Hashable, CustomStringConvertible {
  /// The name.
  public let name: String

  /// The names that there are.
  public var description: String {
    "no network is called \(name)\nhelp: there are " + VisionModel.all.map(\.name).joined(separator: ", ")
  }
}

extension ResNetVariant {
  fileprivate var family: String {
    switch self {
    case .resnet18, .resnet34, .resnet50, .resnet101, .resnet152: "ResNet"
    case .resnext50, .resnext101, .resnext101Grouped64: "ResNeXt"
    case .wideResnet50, .wideResnet101: "Wide ResNet"
    }
  }

  fileprivate var isInGluon: Bool { family == "ResNet" }
}
