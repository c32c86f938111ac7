import D2LCore
import D2LCoreSections
import D2LTestSupport
import Foundation
import Testing

/// Chapter 4: perceptrons, fitting, decay, dropout, stability.
@Suite struct Chapter04Tests {
  private let program: SectionProgram

  init() throws { program = try SectionProgram() }

  @Test func activationsAndGradients() throws {
    let shown = try program.numbers("activation-functions")
    let x = (0..<160).map { -8 + 0.1 * Double($0) }
    // The number nearest to 0 may lie on either side of it.
    for (x, gradient) in zip(x, shown["gradients of relu"]) where abs(x) > 0.05 {
      #expect(gradient == (x > 0 ? 1 : 0))
    }
    let sigmoids = x.map { 1 / (1 + exp(-$0)) }
    #expect(mismatch(shown["gradients of sigmoid"], sigmoids.map { $0 * (1 - $0) }) == nil)
    #expect(mismatch(shown["gradients of tanh"], x.map { 1 - pow(tanh($0), 2) }) == nil)
    #expect(mismatch(shown["largest gradient of sigmoid"], [0.25]) == nil)
    #expect(mismatch(shown["largest gradient of tanh"], [1]) == nil)
  }

  @Test(arguments: [0, 1, 2]) func productsExplode(seed: Int) throws {
    let shown = try program.numbers("numerical-stability", ["--seed", "\(seed)"])
    #expect(shown["a single matrix"].allSatisfy { abs($0) < 10 })
    // The book's three runs: 6e27, 3e24, 8e23.
    let largest = shown["after multiplying 100 matrices"].map(abs).max() ?? 0
    #expect(largest > 1e15 && largest < 1e35, "\(largest)")
    #expect(shown["gradient of sigmoid at 0"] == [0.25])
    #expect(shown["gradient of sigmoid at -8"][0] < 1e-3)
  }

  // MARK: Perceptrons

  /// With one seed both versions begin alike, and go on alike.
  @Test(arguments: [0, 1, 2]) func perceptronsLearn(seed: Int) throws {
    let names = ["train_loss", "train_accuracy", "test_loss", "test_accuracy"]
    let scratch = try program.numbers("mlp-scratch", ["--quick", "--seed", "\(seed)"])
    #expect(scratch.hasFile("predictions.png") && scratch.hasFile("loss.svg"))
    let concise = try program.numbers("mlp", ["--quick", "--seed", "\(seed)"])
    #expect(
      mismatch(names.flatMap { scratch[$0] }, names.flatMap { concise[$0] }, relative: 0.05, absolute: 0.002) == nil)
    // Guessing gets 0.1, a linear model one half.
    #expect(scratch["test_accuracy"][0] > 0.9)
  }

  /// The same weights, the same images: the same scores and gradients.
  @Test func scratchEqualsConcise() {
    let scratch = withRandomSeed(1) { ScratchPerceptron() }
    let concise = perceptron()
    withRandomSeed(1) { concise.initializeWeights(.normal(standardDeviation: 0.01), biases: .zeros) }
    let images = withRandomSeed(2) { Tensor<Float>(randomUniform: [8, 1, 28, 28]) }
    let labels = Tensor<Int64>((0..<8).map { Int64($0) })
    let (ours, theirs) = (scratch(images), concise(images))
    #expect(mismatch(ours.detached(), theirs.detached()) == nil)
    crossEntropy(ours, labels).backward()
    crossEntropy(theirs, labels).backward()
    for (mine, other) in zip(scratch.parameters, concise.parameters) {
      let gradient = mine.gradient ?? Tensor(zeros: [])
      let expected = other.gradient ?? Tensor(zeros: [])
      #expect(mismatch(gradient, expected.rank == 2 ? expected.transposed().contiguous() : expected) == nil)
    }
  }

  // MARK: Fitting

  /// The book's losses (MXNet, whose loss has the half): .0048/.0062, 6.6/10.8, .0054/.0299; noise alone is 0.005.
  @Test(arguments: [0, 1, 2]) func underfittingAndOverfitting(seed: Int) throws {
    let shown = try program.numbers("model-selection", ["--seed", "\(seed)"])
    let weights = shown["normal: weights"]
    #expect(mismatch(weights, [5, 1.2, -3.4, 5.6], relative: 0, absolute: 0.4) == nil, "\(weights)")
    let losses = ["normal", "underfitting", "overfitting"].map { shown["\($0): train loss, test loss"] }
    #expect(losses[0][0] < 0.012 && losses[0][1] < 0.03, "\(losses)")
    #expect(losses[1][0] > 2 && losses[1][1] > 2, "\(losses)")
    #expect(losses[2][0] < 0.015 && losses[2][1] > losses[2][0], "\(losses)")
    #expect(shown["overfitting: weights"].count == 20)
  }

  /// The book's norms: 14.5, 13.3, 20.4 without decay and 0.39, 0.38, 0.50 with it; its losses (PyTorch) .0001/87.9 and .0013/.104.
  @Test(arguments: [0, 1, 2]) func decayKeepsWeightsSmall(seed: Int) throws {
    let shown = try program.numbers("weight-decay", ["--seed", "\(seed)"])
    for decay in [0, 3] {
      let scratch = shown["scratch, lambda \(decay): norm, train loss, test loss"]
      let concise = shown["concise, lambda \(decay): norm, train loss, test loss"]
      #expect(mismatch(scratch, concise, relative: 1e-3, absolute: 1e-4) == nil)
      let (norm, training, test) = (scratch[0], scratch[1], scratch[2])
      if decay == 0 {
        #expect(11 < norm && norm < 21 && training < 0.1 && test > 20, "\(scratch)")
      } else {
        #expect(0.2 < norm && norm < 0.6 && training < 0.02 && test < 0.3, "\(scratch)")
      }
    }
  }

  // MARK: Dropout

  @Test func droppedElements() {
    let x = Tensor<Float>(arange: 16).reshaped([2, 8])
    #expect(droppingOut(x, probability: 0) == x)
    #expect(droppingOut(x, probability: 1) == Tensor(zerosLike: x))
    let half = withRandomSeed(3) { droppingOut(x, probability: 0.5) }.values
    for (dropped, value) in zip(half, x.values) { #expect(dropped == 0 || dropped == 2 * value) }
    let ones = withRandomSeed(4) { droppingOut(Tensor(ones: [100_000]), probability: 0.3) }
    let (mean, droppedCount) = (ones.mean().item(), (ones .== 0).countTrue().item())
    #expect(0.99...1.01 ~= mean)
    #expect(29_000...31_000 ~= droppedCount)
  }

  /// Ours and the library's draw the same masks from the same source.
  @Test func masksEqualTheLibrarys() {
    let x = Tensor<Float>(arange: 1000)
    let ours = withRandomSeed(5) { droppingOut(x, probability: 0.2) }
    let theirs = withRandomSeed(5) { Dropout(0.2)(x) }
    #expect(mismatch(ours, theirs) == nil)
  }

  @Test func dropoutVersionsAgreeAndLearn() throws {
    let shown = try program.numbers("dropout")
    let scratch = shown["scratch: train loss, train accuracy, test accuracy"]
    let concise = shown["concise: train loss, train accuracy, test accuracy"]
    #expect(mismatch(scratch, concise, relative: 0.05, absolute: 0.002) == nil, "\(scratch), \(concise)")
    #expect(scratch[2] > 0.6)
    #expect(shown["X with dropout 0.0"] == (0..<16).map(Double.init))
    #expect(shown["X with dropout 1.0"] == [Double](repeating: 0, count: 16))
  }

  /// Ctrl-C ends a run of several trainings as it ends others.
  @Test func dropoutIsInterrupted() throws {
    let folder = try TemporaryFolder()
    let outcome = try Program("d2l-core").run(
      ["dropout", "--quick", "--epochs", "10000", "--out", "run"], in: folder.path, interruptAfter: "epoch ")
    #expect(outcome.status == 130)
    #expect(outcome.output.contains("Stopped.") && !outcome.output.contains("Results"))
  }

  @Test(arguments: ["mlp-scratch", "mlp", "dropout"]) func wrongTrainingOptions(section: String) throws {
    try program.expectRefusal(section, ["--epochs", "0"], naming: "--epochs 0")
    try program.expectRefusal(section, ["--learning-rate", "nan"], naming: "--learning-rate nan")
    try program.expectRefusal(section, ["--quick", "--data", "real"], naming: "--quick")
  }
}
