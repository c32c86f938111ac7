import D2LBench
import D2LCore
import D2LVision

/// The workloads whose models are Vision's.
public enum VisionWorkloads {
  /// All of them, in the contract's order.
  public static let all: [Workload] = [lenet]

  static let lenet = Workload("lenet", batch: 256) { mode in
    let net = LeNet()
    net.initializeWeights(.xavierUniform())
    return Workload.classifier(mode, net, shape: [256, 1, 28, 28], learningRate: 0.9)
  }
}
