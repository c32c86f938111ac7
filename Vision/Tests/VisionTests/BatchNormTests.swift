import D2LCore
import D2LTestSupport
import D2LVision
import D2LVisionSections
import Testing

/// Batch normalisation written out is the library's, in training and in evaluation.
@Suite struct BatchNormTests {
  @Test(arguments: [[6, 3], [4, 3, 2, 5]] as [Shape]) func theLayersAgree(_ shape: Shape) throws {
    let (scratch, concise) = (BatchNormFromScratch(3), BatchNorm(3))
    let gamma: Tensor<Float> = Formula.uniform([3], 1, from: 0.5, to: 1.5)
    let beta: Tensor<Float> = Formula.uniform([3], 2)
    for net in [scratch, concise] as [any Layer] {
      for (parameter, value) in zip(net.parameters, [gamma, beta]) { parameter.value = value }
    }
    let probe: Tensor<Float> = Formula.uniform(shape, 9)
    for step in 0..<4 {
      let x: Tensor<Float> = Formula.uniform(shape, 3 + step, from: -1, to: 3)
      let (mine, theirs) = (x.requiringGradient(), x.requiringGradient())
      let (a, b) = (scratch(mine), concise(theirs))
      #expect(mismatch(a, b) == nil)
      (a * a * probe).sum().backward()
      (b * b * probe).sum().backward()
      #expect(
        mismatch(try #require(mine.gradient), try #require(theirs.gradient), relative: 1e-4, absolute: 1e-5) == nil)
    }
    for (mine, theirs) in zip(scratch.parameters, concise.parameters) {
      #expect(mismatch(try #require(mine.gradient), try #require(theirs.gradient), absolute: 1e-5) == nil)
    }
    // The averages, and with them what evaluation computes.
    for (mine, theirs) in zip(scratch.namedBuffers(), concise.namedBuffers()) {
      let (a, b) = (Tensor<Float>(converting: mine.buffer.erased), Tensor<Float>(converting: theirs.buffer.erased))
      #expect(mismatch(a, b) == nil, "\(theirs.name)")
    }
    let x: Tensor<Float> = Formula.uniform(shape, 8)
    #expect(mismatch(scratch.evaluating { scratch(x) }, concise.evaluating { concise(x) }) == nil)
  }

  @Test func evaluationDoesNotLookAtTheBatch() {
    let layer = BatchNormFromScratch(2)
    let x: Tensor<Float> = Formula.uniform([8, 2], 1, from: 3, to: 9)
    _ = layer(x)
    let before = layer.state.map { Tensor<Float>(converting: $0.array).values }
    layer.evaluating {
      // A row alone and among others: the same, though no gradient is recorded in either mode.
      #expect(mismatch(layer(x[2..<3]), layer(x)[2..<3]) == nil)
    }
    layer.eval()
    #expect(mismatch(layer(x[2..<3]), layer(x)[2..<3]) == nil)
    #expect(layer.state.map { Tensor<Float>(converting: $0.array).values } == before)
  }

  @Test(arguments: [[5, 2], [2, 2, 3, 2]] as [Shape]) func gradients(_ shape: Shape) {
    let (mean, variance) = (Tensor<Double>([0.5, -0.5]), Tensor<Double>([2, 0.5]))
    for isTraining in [true, false] {
      let problem = gradientMismatch(
        [Formula.uniform(shape, 1), Formula.uniform([2], 2, from: 0.5, to: 1.5), Formula.uniform([2], 3)]
      ) {
        batchNormFromScratch(
          $0[0], gamma: $0[1], beta: $0[2], movingMean: mean, movingVariance: variance, isTraining: isTraining
        ).output
      }
      #expect(problem == nil, "training: \(isTraining)")
    }
  }

  /// The whole networks, step by step on the same images.
  @Test func theNetworksAgree() {
    let scratch = withRandomSeed(1) { BatchNormLeNet { BatchNormFromScratch($0) } }
    let concise = withRandomSeed(1) { BatchNormLeNet() }
    for net in [scratch, concise] { withRandomSeed(2) { net.initializeWeights(.xavierUniform()) } }
    let data = SyntheticShapes.dataset(count: 64, seed: 1)
    let x = data.images.converted(to: Float.self) / 255
    func train(_ net: BatchNormLeNet) -> [Double] {
      let optimizer = SGD(net.parameters, learningRate: 0.5)
      return (0..<6).map { _ in
        optimizer.zeroGradients()
        let loss = crossEntropy(net(x), data.labels)
        loss.backward()
        optimizer.step()
        return Double(loss.item())
      }
    }
    let (mine, theirs) = (train(scratch), train(concise))
    #expect(mismatch(mine, theirs, relative: 1e-4) == nil)
    #expect(mine[5] < mine[0])
    let problem = mismatch(
      scratch.evaluating { scratch(x) }, concise.evaluating { concise(x) }, relative: 1e-3, absolute: 1e-3)
    #expect(problem == nil)
  }
}
