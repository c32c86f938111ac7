import D2LCore
import D2LCoreSections
import D2LTestSupport
import Testing

/// The printed values of chapter 3, and that its two ways to one model give the same numbers.
@Suite struct Chapter03Tests {
  private let program: SectionProgram

  init() throws { program = try SectionProgram() }

  // MARK: 3.1

  @Test func vectorsAndDensities() throws {
    let shown = try program.numbers("linear-regression")
    #expect(shown["largest difference"] == [0])
    #expect(shown["seconds, element by element"][0] > shown["seconds, a + b"][0])
    let peak = 0.3989422804
    #expect(mismatch(shown["density at the mean 0, deviation 1"], [peak]) == nil)
    #expect(mismatch(shown["density at the mean 0, deviation 2"], [peak / 2]) == nil)
    #expect(mismatch(shown["density at the mean 3, deviation 1"], [peak]) == nil)
    #expect(try shown.text(of: "normal.svg").contains("mean 3, deviation 1"))
  }

  // MARK: 3.2 and 3.3

  @Test func syntheticDataFollowItsLaw() {
    let data = withRandomSeed(3) { RegressionDataset(weights: [2, -3.4], bias: 4.2, count: 1000) }
    #expect(data.inputs.shape == [1000, 2] && data.targets.shape == [1000, 1])
    let law = data.inputs.matmul(Tensor([2, -3.4]).reshaped([2, 1])) + 4.2
    let noise = data.targets - law
    // Five standard deviations of each of the three.
    #expect(abs(noise.mean().item()) < 0.0016)
    #expect(abs(noise.standardDeviation().item() - 0.01) < 0.0011)
    #expect(abs(data.inputs.mean().item()) < 0.11)
    var generator = RandomGenerator(seed: 0)
    let batches = data.minibatches(of: 300, using: &generator)
    #expect(batches.map(\.count) == [300, 300, 300, 100])
    let seen = Tensor(concatenating: batches.map(\.targets)).values
    #expect(seen != data.targets.values)
    #expect(seen.sorted() == data.targets.values.sorted())
  }

  @Test func squaredLossAndItsUpdateByHand() {
    let (weight, bias) = (Parameter(Tensor([[1], [2]])), Parameter(Tensor([0.5])))
    let x = Tensor<Float>([[1, 0], [0, 1]])
    let losses = squaredLoss(linearRegression(x, weight.value, bias.value), Tensor([1, 4]))
    #expect(mismatch(losses, Tensor([[0.125], [1.125]])) == nil)
    losses.sum().backward()
    sgd([weight, bias], learningRate: 0.1, batchSize: 2)
    // Errors 0.5 and -1.5; each step is the rate times half their sum.
    #expect(mismatch(weight.value.detached(), Tensor([[0.975], [2.075]])) == nil)
    #expect(mismatch(bias.value.detached(), Tensor([0.55])) == nil)
    #expect(weight.gradient == nil && bias.gradient == nil)
  }

  @Test(arguments: [0, 1, 2]) func linearRegressionFindsTheLaw(seed: Int) throws {
    let scratch = try program.numbers("linear-regression-scratch", ["--seed", "\(seed)"])
    let losses = try scratch.column("train_loss")
    let concise = try program.numbers("linear-regression-concise", ["--seed", "\(seed)"])
    // The book's runs end their epochs at .025 to .042, .00009 to .00017, .000049 to .000054; half the noise's variance is .00005.
    #expect(losses.count == 3)
    #expect(0.01...0.06 ~= losses[0] && 0.00005...0.0004 ~= losses[1] && 0.00004...0.00006 ~= losses[2], "\(losses)")
    for shown in [scratch, concise] {
      for name in ["w1_error", "w2_error", "b_error"] { #expect(abs(shown[name][0]) < 0.002) }
    }
    // One seed, one way: what the parts of 3.2 do is what the library does.
    #expect(mismatch(try concise.column("train_loss"), losses, relative: 1e-3) == nil)
    for name in ["w1_error", "w2_error", "b_error"] {
      #expect(mismatch(concise[name], scratch[name], absolute: 2e-6) == nil)
    }
    #expect(try scratch.text(of: "data.svg").contains("feature 2"))
  }

  @Test func linearRegressionOptions() throws {
    for command in ["linear-regression-scratch", "linear-regression-concise"] {
      for (arguments, named) in [
        (["--data", "real"], "--data real"), (["--resume", "run"], "--resume"), (["--epochs", "0"], "--epochs 0"),
        (["--batch-size", "0"], "--batch-size 0"), (["--learning-rate", "-0.1"], "--learning-rate -0.1"),
      ] {
        try program.expectRefusal(command, arguments, naming: named)
      }
    }
    let slow = try program.numbers("linear-regression-concise", ["--learning-rate", "0.001", "--epochs", "2"])
    #expect(try slow.column("train_loss").count == 2)
    #expect(slow["train_loss"][0] > 1)
  }

  // MARK: 3.5

  @Test func imageDataset() throws {
    let quick = try program.numbers("image-dataset")
    #expect(quick["images to learn from"] == [2000] && quick["images to test on"] == [500])
    #expect(quick.output.contains("shape of 32 images resized to 64  →  [32, 1, 64, 64] of float32\n"))
    #expect(quick.output.contains("shape of their labels  →  [32] of int64\n"))
    #expect(quick.hasFile("images.png"))
    try program.expectRefusal("image-dataset", ["--quick", "--data", "real"], naming: "--quick")
    try program.expectRefusal("image-dataset", ["--data", "fake"], naming: "fake")
  }

  @Test(.enabled(if: realData != nil)) func imageDatasetOfTheBook() throws {
    let shown = try program.numbers("image-dataset", ["--data", "real"])
    #expect(shown["images to learn from"] == [60_000] && shown["images to test on"] == [10_000])
    #expect(shown["batches of 256 in an epoch"] == [235])
    #expect(shown.output.contains("shape of the first image  →  [1, 28, 28]\n"))
    #expect(
      shown.output.contains(
        "classes  →  t-shirt, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot\n"))
  }

  // MARK: 3.6 and 3.7

  @Test func softmaxRegressionsParts() {
    let x = Tensor<Float>([[1, 2, 3], [4, 5, 6]])
    #expect(x.sum(axis: 0, keepingDimensions: true) == Tensor([[5, 7, 9]]))
    #expect(x.sum(axis: 1, keepingDimensions: true) == Tensor([[6], [15]]))
    let rows: Tensor<Float> = Formula.uniform([5, 7], 1, from: -3, to: 3)
    #expect(mismatch(softmax(rows), rows.softmax(axis: 1)) == nil)
    let probabilities = Tensor<Float>([[0.1, 0.3, 0.6], [0.3, 0.2, 0.5]])
    let labels = Tensor<Int64>([0, 2])
    #expect(probabilities[Tensor<Int64>([0, 1]), labels] == Tensor([0.1, 0.5]))
    #expect(mismatch(crossEntropyLoss(probabilities, labels), Tensor([2.3026, 0.6931]), absolute: 5e-5) == nil)
    #expect(accuracy(probabilities, labels) == 0.5)
  }

  @Test func untrainedSoftmaxRegressionGuesses() throws {
    let net = withRandomSeed(0) { ScratchSoftmaxRegression(inputs: 784, classes: 10) }
    let images = DataLoader(SyntheticShapes.dataset(count: 1000, seed: 0), batchSize: 256)
    let untrained = try #require(try evaluateAccuracy(net, on: images.batches())["accuracy"])
    #expect(0.02...0.2 ~= untrained)
  }

  /// The whole way of 3.6 against the whole way of 3.7, from the same weights over the same batches.
  @Test(arguments: [0, 1, 2] as [UInt64]) func softmaxRegressionFromScratchIsTheConciseOne(seed: UInt64) throws {
    let images = SyntheticShapes.dataset(count: 1000, seed: seed)
    let loader = DataLoader(images, batchSize: 64, shuffled: true, seed: seed)
    let scratch = withRandomSeed(seed) { ScratchSoftmaxRegression(inputs: 784, classes: 10) }
    let linear = Linear(784, 10)
    linear.weight.value = scratch.weight.value.detached().transposed().contiguous()
    linear.bias?.initialize(.zeros)
    let concise = Sequential {
      Flatten()
      linear
    }
    let trainer = Trainer(concise, SGD(concise.parameters, learningRate: 0.1), training: loader, seed: seed) { batch in
      let logits = concise(batch.inputs)
      let loss = crossEntropy(logits, batch.labels)
      return StepOutcome(loss: loss, tally: Tally(loss: loss, logits: logits, labels: batch.labels))
    }
    let history = try trainer.fit(epochs: 2)
    for report in history {
      let tally = try trainEpoch(scratch, on: loader.batches(epoch: report.epoch - 1), loss: crossEntropyLoss) {
        sgd([scratch.weight, scratch.bias], learningRate: 0.1, batchSize: $0)
      }
      for name in ["loss", "accuracy"] {
        let (found, expected) = (try #require(tally[name]), try #require(report.training[name]))
        #expect(mismatch([found], [expected]) == nil, "\(name)")
      }
    }
    let bias = try #require(linear.bias)
    #expect(
      mismatch(scratch.weight.value.detached(), linear.weight.value.detached().transposed(), relative: 1e-4) == nil)
    #expect(mismatch(scratch.bias.value.detached(), bias.value.detached(), relative: 1e-4) == nil)
  }

  @Test(arguments: ["softmax-regression-scratch", "softmax-regression-concise"])
  func softmaxRegressionOnGeneratedFigures(_ command: String) throws {
    let shown = try program.numbers(command)
    // A linear model tells the five figures apart and not the direction of their hatching; guessing gets 0.1.
    #expect(shown["test_accuracy"][0] > 0.3)
    for file in ["loss.svg", "accuracy.svg", "predictions.png", "metrics.csv", "model.safetensors", "config.json"] {
      #expect(shown.hasFile(file), "\(file)")
    }
    try program.expectRefusal(command, ["--quick", "--data", "real"], naming: "--quick")
  }

  @Test func softmaxRegressionOptions() throws {
    try program.expectRefusal("softmax-regression-scratch", ["--resume", "run"], naming: "--resume")
    try program.expectFailure(
      "softmax-regression-concise", ["--resume", "run"], status: 1, naming: "run/checkpoint.safetensors")
  }

  /// Two epochs on the book's images, on three seeds. Ten epochs end at .447 to .452, .846 to .849 and .833 to .844 in the book.
  @Test(.enabled(if: realData != nil), arguments: [0, 1, 2]) func softmaxRegressionOnTheBooksImages(seed: Int) throws {
    let arguments = ["--data", "real", "--epochs", "2", "--seed", "\(seed)"]
    let scratch = try program.numbers("softmax-regression-scratch", arguments)
    let concise = try program.numbers("softmax-regression-concise", arguments)
    #expect(scratch["train_loss"][0] < 0.6)
    #expect(scratch["train_accuracy"][0] > 0.8)
    #expect(scratch["test_accuracy"][0] > 0.78)
    for name in ["train_loss", "train_accuracy", "test_accuracy"] {
      #expect(mismatch(scratch[name], concise[name], relative: 1e-3) == nil, "\(name)")
    }
  }
}
