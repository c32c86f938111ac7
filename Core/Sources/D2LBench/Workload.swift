import D2LCore

/// What is timed of a workload.
public enum WorkloadMode: String, Sendable, CaseIterable {
  /// One optimisation step.
  case train
  /// One forward pass in evaluation mode, nothing recorded.
  case infer
}

/// A workload made ready to run: calls of it are timed one by one.
public struct Job {
  /// Does the work once and returns a number that must be finite: the loss, or an element sum of the output.
  public let step: () -> Float

  /// A job that does `step`.
  public init(_ step: @escaping () -> Float) { self.step = step }
}

/// A benchmark that the programs in other frameworks have under the same name: the same shapes, optimizer and arithmetic.
public struct Workload: Sendable {
  /// The name in the contract.
  public let name: String
  /// Examples per step.
  public let batch: Int
  /// Items per step; for GFLOP/s the billions of operations of one forward pass.
  public let items: Double
  /// What is counted: "examples/s", "tokens/s" or "GFLOP/s".
  public let unit: String
  /// What can be timed.
  public let modes: [WorkloadMode]
  private let build: @Sendable (WorkloadMode) -> Job

  /// A workload whose job is made by `build`, weights and data included.
  public init(
    _ name: String, batch: Int, items: Double? = nil, unit: String = "examples/s",
    modes: [WorkloadMode] = WorkloadMode.allCases, build: @escaping @Sendable (WorkloadMode) -> Job
  ) {
    self.name = name
    self.batch = batch
    self.items = items ?? Double(batch)
    self.unit = unit
    self.modes = modes
    self.build = build
  }

  /// The job of one mode, from seed 0.
  public func job(_ mode: WorkloadMode) -> Job { withRandomSeed(0) { build(mode) } }

  /// The job that most workloads are: scores of a batch in memory, a loss, gradients, an update.
  public static func supervised<Model: Module>(
    _ mode: WorkloadMode, _ model: Model, forward: @escaping (Model) -> Tensor<Float>,
    loss: @escaping (Tensor<Float>) -> Tensor<Float>, optimizer: @autoclosure () -> Optimizer,
    beforeUpdate: @escaping ([Parameter]) -> Void = { _ in }
  ) -> Job {
    let source = RandomSource(seed: 1)
    switch mode {
    case .infer:
      model.eval()
      return Job { withoutGradient { forward(model).finiteProbe } }
    case .train:
      model.train()
      let optimizer = optimizer()
      let parameters = optimizer.parameters
      return Job {
        optimizer.zeroGradients()
        let value = source.scope { loss(forward(model)) }
        value.backward()
        beforeUpdate(parameters)
        optimizer.step()
        return value.item()
      }
    }
  }

  /// A classifier of random images `[batch, …]` with cross-entropy and SGD.
  public static func classifier(
    _ mode: WorkloadMode, _ model: any Layer, shape: Shape, classes: Int = 10, learningRate: Double,
    momentum: Double = 0,
    weightDecay: Double = 0
  ) -> Job {
    let x = Tensor<Float>(randomNormal: shape)
    let y = Tensor<Int64>(randomIntegers: [shape[0]], in: 0..<Int64(classes))
    let module = Wrapped(model)
    return supervised(
      mode, module, forward: { $0.layer(x) }, loss: { crossEntropy($0, y) },
      optimizer: SGD(model.parameters, learningRate: learningRate, momentum: momentum, weightDecay: weightDecay))
  }

  private final class Wrapped: Module {
    let layer: any Layer
    init(_ layer: any Layer) { self.layer = layer }
  }
}

extension Tensor where Scalar == Float {
  /// A number that is finite only if the elements looked at are: the first and the last.
  fileprivate var finiteProbe: Float {
    if count == 0 { return 0 }
    return withUnsafeBufferPointer { $0[0] * 0 + $0[$0.count - 1] * 0 }
  }
}
