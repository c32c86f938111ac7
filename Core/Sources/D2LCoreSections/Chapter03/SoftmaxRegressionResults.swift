import D2LCommands
import D2LCore

/// Ends a run of 3.6 or 3.7: what the classifier does with the images of the test set, and six of them with their predictions.
func finishSoftmaxRegression<Defaults>(
  _ run: SectionRun<Defaults>, _ history: [EpochReport], _ net: any Layer, _ images: ImageSplit, model: String
) throws {
  let test = try ClassifierTest(net, on: images.test)
  print("\n\(test.table)\n\n\(history.textChart(of: "loss"))")
  run.report.add("Classes", .table(test.table, caption: "Accuracy on the test images."))
  try run.add(
    test.picture(rows: 1, columns: 6), to: "predictions.png", heading: "Predictions",
    caption: "six test images and what they are taken for; framed green where right, red where wrong")
  try run.finish(
    history, model: model,
    next: [
      NextStep("--learning-rate 0.5 --seed 1", "larger steps, from other weights"),
      images.name == "real"
        ? NextStep("--data synthetic", "figures of which a linear model tells only half apart")
        : NextStep("--data real", "the same on Fashion-MNIST, fetched if need be"),
      NextStep("--quick --json", "seconds long, ending with a line for scripts"),
    ])
}
