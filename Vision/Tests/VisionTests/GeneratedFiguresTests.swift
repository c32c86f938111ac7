import D2LCore
import D2LVision
import Testing

/// The built-in images are what they are meant for: a network learns them in seconds, a linear model does not.
@Suite struct GeneratedFiguresTests {
  private static let training = SyntheticShapes.dataset(count: 8000, seed: 1)
  private static let test = SyntheticShapes.dataset(count: 1000, seed: 2)

  /// Accuracy on the test images after some epochs of SGD.
  private func accuracy(_ net: any Layer, learningRate: Double, epochs: Int) throws -> Double {
    let trainer = Trainer(
      net, SGD(net.parameters, learningRate: learningRate),
      training: DataLoader(Self.training, batchSize: 32, shuffled: true, seed: 0), seed: 0
    ) { batch in
      let logits = net(batch.inputs)
      let loss = crossEntropy(logits, batch.labels)
      return StepOutcome(loss: loss, tally: Tally(loss: loss, logits: logits, labels: batch.labels))
    }
    try trainer.fit(epochs: epochs)
    return try trainer.evaluate(DataLoader(Self.test, batchSize: 250))["accuracy"] ?? .nan
  }

  @Test func aLinearModelStaysClearlyBehindLeNet() throws {
    let linear = withRandomSeed(3) {
      Sequential {
        Flatten()
        Linear(784, 10)
      }
    }
    let lenet = withRandomSeed(3) {
      let net = LeNet()
      net.initializeWeights(.xavierUniform())
      return net
    }
    let behind = try accuracy(linear, learningRate: 0.03, epochs: 10)
    let ahead = try accuracy(lenet, learningRate: 0.3, epochs: 20)
    #expect(behind > 0.35 && behind < 0.65, "linear model: \(behind)")
    #expect(ahead > 0.9, "LeNet: \(ahead)")
  }

  @Test func classesAreInTurnAndSeedsDiffer() {
    let some = SyntheticShapes.dataset(count: 25, seed: 1)
    #expect(some.labels.values == (0..<25).map { Int64($0 % 10) })
    #expect(SyntheticShapes.classNames.count == 10)
    #expect(some.images.values == SyntheticShapes.dataset(count: 30, seed: 1).prefix(25).images.values)
    #expect(some.images.values != SyntheticShapes.dataset(count: 25, seed: 2).images.values)
  }
}
