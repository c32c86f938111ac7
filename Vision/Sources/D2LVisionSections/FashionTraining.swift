import D2LCommands
import D2LCore
import D2LVision

/// What the sections share that train a network on Fashion-MNIST: the book's `train_ch6` (6.6), on images of the size that the network takes.
///
/// Plain stochastic gradient descent on the cross-entropy, weights as the book begins them, accuracy on the test images after every epoch.
final class FashionTraining<Defaults: TrainingDefaults> {
  private let run: SectionRun<Defaults>
  private let options: TrainingOptions<Defaults>
  private let images: ImageSplit
  /// Height and width of the images that the network is given.
  let size: Int
  private var model = ""

  /// Prepares a run on images of `size` × `size` pixels; `--quick` takes `quickCount` of `quickSize`.
  init(
    _ info: SectionInfo, _ options: TrainingOptions<Defaults>, size: Int = SyntheticShapes.size,
    quickSize: Int = SyntheticShapes.size, quickCount: Int = 2000
  ) throws {
    self.options = options
    self.size = options.quick ? quickSize : size
    run = try SectionRun(info, options)
    images = try ImageSplit.fashion(options, quickCount: quickCount)
  }

  /// A network with its weights as the book begins them: Xavier's uniform distribution unless told otherwise.
  ///
  /// `quick` begins the short run of `--quick` instead. Xavier's weights make signals smaller behind every ReLU: a deep network without
  /// normalisation stands still for its first thousand steps, which is all that a short run has.
  func made<Network: Layer>(
    _ initializer: Initializer = .xavierUniform(), quick: Initializer? = nil, _ make: () -> Network
  ) -> Network {
    run.source.scope {
      let net = make()
      net.initializeWeights(options.quick ? quick ?? initializer : initializer)
      return net
    }
  }

  /// Says what is trained on what.
  func begin(_ net: any Layer, _ model: String) throws {
    self.model = model
    let isResized = size != SyntheticShapes.size
    try run.begin(
      data: images.name, details: images.details + (isResized ? ", resized to \(size)×\(size) pixels" : ""),
      model: net, modelName: model, extra: [("image_size", String(size))])
  }

  /// Shows something that the section computed on the way.
  func show(_ expression: String, _ value: some CustomStringConvertible) {
    print("\(expression)  →  \(value)")
    run.report.add("", .preformatted("\(expression)  →  \(value)"))
  }

  /// Shows what becomes of one image on its way through a network.
  func showShapes(of net: any StagedNetwork, _ model: String, size: Int) {
    let heading = "\(model), \(grouped(net.parameterCount)) parameters, on one image of \(size)×\(size) pixels"
    let table = net.shapeTable(for: [1, 1, size, size])
    print("\n\(heading):\n\(table)\n")
    run.report.add("Shapes", .table(table, caption: heading))
  }

  /// Trains the network, tests it, lets the section show what it found in it, and writes the report.
  func train(_ net: any Layer, then showFindings: () -> Void = {}) throws {
    // One step: scores, loss, and how many were right.
    let trainer = Trainer(
      net, SGD(net.parameters, learningRate: options.learningRate),
      training: DataLoader(
        images.training.resized(to: size), batchSize: options.batchSize, shuffled: true, seed: options.seed),
      validation: DataLoader(images.test.resized(to: size), batchSize: options.batchSize), seed: options.seed
    ) { batch in
      let logits = net(batch.inputs)  // [batch, 10]
      let loss = crossEntropy(logits, batch.labels)
      return StepOutcome(loss: loss, tally: Tally(loss: loss, logits: logits, labels: batch.labels))
    }
    let history = try run.fit(trainer)
    showFindings()

    // What it does with images it has not seen.
    let takesOriginals = Sequential([Upsample(size: (size, size), .bilinear()), net])
    let test = try ClassifierTest(takesOriginals, on: images.test, batchSize: options.batchSize)
    print("\n\(test.table)\n\n\(history.textChart(of: "loss"))")
    if images.name == "synthetic" { print("\n\(fixed(test.accuracy, 3)) of the test images; \(Self.baseline).") }
    run.report.add("Classes", .table(test.table, caption: "Accuracy on the test images."))
    try run.add(
      test.picture(), to: "predictions.png", heading: "Predictions",
      caption: "the first test images and what they are taken for; framed green where right, red where wrong")
    try run.finish(
      history, model: model, results: [("parameters", Double(net.parameterCount))],
      next: [
        NextStep("--learning-rate \(options.learningRate / 2) --seed 1", "gentler steps, from other weights"),
        images.name == "real"
          ? NextStep("--data synthetic", "the same network on generated figures")
          : NextStep("--data real", "the same network on Fashion-MNIST, fetched if need be"),
        NextStep("--quick --json", "seconds long, ending with a line for scripts"),
      ])
  }

  /// What is no achievement on the generated figures.
  private static var baseline: String { "guessing gets 0.1 right, a linear model about 0.5" }
}

extension StagedNetwork {
  /// The stages, those that are lists opened up, and the shape behind each for an input of the given shape.
  func shapeTable(for shape: Shape) -> TextTable {
    let layers = stages.flatMap { name, layer in
      (layer as? Sequential)?.layers.enumerated().map { ("\(name).\($0)", $1) } ?? [(name, layer)]
    }
    var table = TextTable("stage", "layer", "output")
    evaluating {
      var x = Tensor<Float>(zeros: shape)
      for (name, layer) in layers {
        x = layer(x)
        table.add(name, "\(type(of: layer))", "\(x.shape)")
      }
    }
    return table
  }
}
