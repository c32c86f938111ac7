import D2LCommands
import D2LCore

extension Trainer where Source == ImageDataset {
  /// Training of a classifier, from images to a score for each class, by the cross-entropy of its scores: the book's `train_ch3`. Loss and accuracy are
  /// counted in training and on the test images after each epoch.
  convenience init(
    classifier net: any Layer, _ optimizer: Optimizer, on images: ImageSplit, batchSize: Int, seed: UInt64
  ) {
    self.init(
      net, optimizer, training: DataLoader(images.training, batchSize: batchSize, shuffled: true, seed: seed),
      validation: DataLoader(images.test, batchSize: batchSize), seed: seed
    ) { batch in
      let logits = net(batch.inputs)  // [batch, classes]
      let loss = crossEntropy(logits, batch.labels)
      return StepOutcome(loss: loss, tally: Tally(loss: loss, logits: logits, labels: batch.labels))
    }
  }
}

extension SectionRun {
  /// Ends the run of a classifier: what it does with images it has not seen, as a table and as a picture (the book's `predict_ch3`), then curves,
  /// report and summary.
  func finish(_ history: [EpochReport], classifier net: any Layer, on images: ImageSplit, model: String) throws {
    let test = try ClassifierTest(net, on: images.test)
    print("\n\(test.table)\n\n\(history.textChart(of: "loss"))")
    report.add("Classes", .table(test.table, caption: "Accuracy on the test images."))
    try add(
      test.picture(), to: "predictions.png", heading: "Predictions",
      caption: "the first test images and what they are taken for; framed green where right, red where wrong")
    try finish(
      history, model: model,
      next: [
        NextStep("--seed 1", "from other weights"),
        images.name == "real"
          ? NextStep("--data synthetic", "the same network on generated figures")
          : NextStep("--data real", "the same network on Fashion-MNIST, fetched if need be"),
        NextStep("--quick --json", "seconds long, ending with a line for scripts"),
      ])
  }
}

extension ExampleRun {
  /// Shows what the trainings of some classifiers came to in the end: a table whose first column is called `title`.
  func showResults(_ title: String, _ trainings: [(name: String, history: [EpochReport])]) {
    var table = TextTable(title, "train loss", "train accuracy", "test accuracy")
    for (name, history) in trainings {
      guard let last = history.last else { continue }
      let results = [last.training["loss"], last.training["accuracy"], last.validation?["accuracy"]].map { $0 ?? .nan }
      table.add([name] + results.map { fixed($0, 3) })
      record("\(name): train loss, train accuracy, test accuracy", results)
    }
    self.table(table)
  }
}
