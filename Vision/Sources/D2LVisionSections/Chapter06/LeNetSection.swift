import ArgumentParser
import D2LCommands
import D2LCore
import D2LVision

/// Section 6.6: LeNet learns to tell ten kinds of clothing apart.
struct LeNetSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "6.6", title: "Convolutional Neural Networks (LeNet)", package: "vision", command: "lenet",
    data: "Fashion-MNIST",
    paper: "LeCun, Bottou, Bengio, Haffner, \"Gradient-Based Learning Applied to Document Recognition\", 1998")
  static let epochs = 10
  static let batchSize = 256
  static let learningRate = 0.9
  static let quick = TrainingSettings(epochs: 20, batchSize: 32, learningRate: 0.3)

  @OptionGroup var options: TrainingOptions<LeNetSection>

  func run() throws {
    let run = try SectionRun(Self.info, options)
    let images = try ImageSplit.fashion(options, quickCount: 8000)

    // The network, its weights as the book begins them.
    let net = run.source.scope {
      let net = LeNet()
      net.initializeWeights(.xavierUniform())
      return net
    }
    let optimizer = SGD(net.parameters, learningRate: options.learningRate)
    try run.begin(data: images.name, details: images.details, model: net, modelName: "LeNet")

    // One step: scores, loss, and how many were right.
    let trainer = Trainer(
      net, optimizer,
      training: DataLoader(images.training, batchSize: options.batchSize, shuffled: true, seed: options.seed),
      validation: DataLoader(images.test, batchSize: options.batchSize), seed: options.seed
    ) { batch in
      let logits = net(batch.inputs)  // [batch, 10]
      let loss = crossEntropy(logits, batch.labels)
      return StepOutcome(loss: loss, tally: Tally(loss: loss, logits: logits, labels: batch.labels))
    }
    let history = try run.fit(trainer)

    // What it does with images it has not seen.
    let test = try ClassifierTest(net, on: images.test)
    print("\n\(test.table)\n\n\(history.textChart(of: "loss"))")
    run.report.add("Classes", .table(test.table, caption: "Accuracy on the test images."))
    try run.add(
      test.picture(), to: "predictions.png", heading: "Predictions",
      caption: "the first test images and what they are taken for; framed green where right, red where wrong")
    try run.finish(
      history, model: "LeNet",
      next: [
        NextStep("--learning-rate 0.5 --seed 1", "gentler steps, from other weights"),
        images.name == "real"
          ? NextStep("--data synthetic --epochs 20", "the same network on generated figures")
          : NextStep("--data real", "the same network on Fashion-MNIST, fetched if need be"),
        NextStep("--quick --json", "seconds long, ending with a line for scripts"),
      ])
  }
}
