import D2LBench
import D2LCore
import D2LVision

/// The workloads whose models are Vision's: shapes, batches and step sizes of the contract.
public enum VisionWorkloads {
  /// All of them, in the contract's order.
  public static let all: [Workload] = [
    classifier("lenet", batch: 256, image: [1, 28, 28], learningRate: 0.9) { LeNet() },
    classifier("alexnet", batch: 16, image: [1, 224, 224], learningRate: 0.01) { AlexNet.book() },
    classifier("vgg11", batch: 16, image: [1, 224, 224], learningRate: 0.05) { VGG(bookNarrowedBy: 4) },
    classifier("nin", batch: 16, image: [1, 224, 224], learningRate: 0.1) { NiN() },
    classifier("googlenet", batch: 32, image: [1, 96, 96], learningRate: 0.1) { BookGoogLeNet() },
    classifier("resnet18", batch: 32, image: [1, 96, 96], learningRate: 0.05) {
      ResNet(.resnet18, inputs: 1, classes: 10, style: .book)
    },
    classifier("densenet", batch: 32, image: [1, 96, 96], learningRate: 0.1) { BookDenseNet() },
    classifier(
      "resnet50_imagenet", batch: 4, image: [3, 224, 224], classes: 1000, learningRate: 0.01, momentum: 0.9,
      weightDecay: 1e-4
    ) { ResNet(.resnet50) },
  ]

  private static func classifier(
    _ name: String, batch: Int, image: [Int], classes: Int = 10, learningRate: Double, momentum: Double = 0,
    weightDecay: Double = 0, model: @escaping @Sendable () -> any Layer
  ) -> Workload {
    Workload(name, batch: batch) { mode in
      let net = model()
      net.initializeWeights(.xavierUniform())
      return Workload.classifier(
        mode, net, shape: Shape([batch] + image), classes: classes, learningRate: learningRate, momentum: momentum,
        weightDecay: weightDecay)
    }
  }
}
