import ArgumentParser
import D2LCommands
import D2LCore
import D2LVision

/// Section 13.2: a trained network learns to tell other pictures apart.
struct FinetuneCommand: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "13.2", title: "Fine-Tuning", package: "vision", command: "finetune",
    data: "pictures in one folder a class (--train, --validation), or generated ones")
  static let epochs = 5
  static let batchSize = 32
  static let learningRate = 0.01
  static let quick = TrainingSettings(epochs: 6, batchSize: 16, learningRate: 0.05)

  enum BodyChoice: String, ExpressibleByArgument, CaseIterable {
    case frozen, slower
  }

  @OptionGroup var network: WeightsOptions
  @OptionGroup var options: TrainingOptions<FinetuneCommand>

  @Option(help: ArgumentHelp("Pictures to learn from, in one folder a class.", valueName: "dir"))
  var train: String?

  @Option(help: ArgumentHelp("Pictures to test on, in folders of the same names.", valueName: "dir"))
  var validation: String?

  @Option(help: "What becomes of the layers that are loaded: frozen, or slower by --body-rate.")
  var body = BodyChoice.slower

  @Option(
    parsing: .unconditional,
    help: "The share of the learning rate for the layers that are loaded. (default: 0.1; without weights 1)")
  var bodyRate: Double?

  @Option(parsing: .unconditional, help: "Height and width of the network's input. (default: what it was designed for)")
  var size: Int?

  @Flag(inversion: .prefixedNo, help: "Change pictures at random while learning: parts, mirrors, colors.")
  var augmentation = true

  func validate() throws {
    if let bodyRate, !(bodyRate.isFinite && bodyRate > 0) {
      throw ValidationError("--body-rate \(bodyRate): a positive number is expected.")
    }
    if let size, !(16...2048).contains(size) {
      throw ValidationError("--size \(size): a number from 16 to 2048 is expected.")
    }
    if body == .frozen && network.weights == nil && !network.pretrained {
      throw ValidationError("--body frozen: without --weights or --pretrained there is nothing worth keeping.")
    }
    if isGenerated {
      guard train == nil && validation == nil else {
        throw ValidationError("--train and --validation: --quick and --data synthetic run on generated pictures.")
      }
    } else if train == nil || validation == nil {
      throw ValidationError("--train and --validation: give a folder of pictures for each, or --data synthetic.")
    }
    if VisionModel.all.first(where: { $0.name == network.model })?.input[0] == 1 {
      throw ValidationError("--model \(network.model): it takes grey pictures only; use one for three channels.")
    }
  }

  private var isGenerated: Bool { options.quick || options.data == .synthetic }

  func run() throws {
    let run = try SectionRun(Self.info, options)
    let kind = try VisionModel.named(network.model)
    let side = size ?? (options.quick ? 32 : kind.input[1])

    // The pictures.
    let folders = try isGenerated ? GeneratedPictures(in: run.folder, quick: options.quick).paths : given()
    let preprocessing = prepared(side)
    let training = try ImageFolder(folders.training, pipeline: augmented(preprocessing))
    let test = try ImageFolder(
      folders.validation, classNames: training.classNames, pipeline: preprocessing.pipeline)
    warn(of: training.skipped + test.skipped)

    // The network: a new head on a body that keeps what it knows.
    let file = try network.file()
    let share = bodyRate ?? (file == nil ? 1 : 0.1)
    let finetuning = try run.source.scope {
      try Finetuning(
        kind, weights: file, classes: training.classNames.count, body: body == .frozen ? .frozen : .slower(share))
    }
    let optimizer = finetuning.optimizer(learningRate: options.learningRate)
    let skipped = training.skipped.count + test.skipped.count
    try run.begin(
      data: isGenerated ? "synthetic" : "real",
      details: "\(training.classNames.count) classes in \(folders.training), \(grouped(training.count)) pictures to "
        + "learn from, \(grouped(test.count)) to test on\(skippedText(skipped))",
      model: finetuning.model, modelName: kind.name,
      extra: [
        ("weights", file ?? "none"), ("body", finetuning.body == .frozen ? "frozen" : "\(share) of the learning rate"),
        ("size", String(side)), ("augmentation", augmentation ? "yes" : "no"), ("skipped", String(skipped)),
      ])
    let trained = finetuning.model.parameters.filter { !$0.isFrozen }.reduce(0) { $0 + $1.shape.elementCount }
    print("\(grouped(trained)) parameters learn; weights: \(file ?? "none, all begin at random")")

    // Training; the best epoch is kept.
    let trainer = Trainer(
      finetuning.model, optimizer,
      training: DataLoader(
        training, batchSize: options.batchSize, shuffled: true, seed: options.seed, prefetch: 4, workers: 2),
      validation: DataLoader(test, batchSize: options.batchSize, prefetch: 4, workers: 2), seed: options.seed,
      step: finetuning.step)
    let criterion = EpochCriterion("accuracy", higherIsBetter: true)
    let best = run.folder.file("best.safetensors")
    trainer.keepBest(by: criterion, at: best)
    let history = try run.fit(trainer)
    let number = criterion.best(of: history).map { $0 + 1 } ?? history.count
    try Checkpoint(path: best).restore(finetuning.model, optimizer)
    let description = FinetunedWeights(
      model: kind.name, classNames: training.classNames, preprocessing: preprocessing)
    try Safetensors.write(
      finetuning.model.namedTensors(), metadata: description.metadata.merging(["epoch": "\(number)"]) { $1 },
      to: run.folder.weights)

    // What it does with the test pictures.
    let outcome = try FolderTest(finetuning.model, on: test, batchSize: options.batchSize, workers: 2)
    let accuracy = outcome.confusion.accuracy ?? .nan
    print("\nEpoch \(number) was the best; with its weights \(fixed(accuracy, 4)) of the test pictures are right.")
    print("\n\(outcome.table)")
    run.report.add("Classes", .table(outcome.table, caption: "On the test pictures."))
    run.report.add("Confusion", .chart(outcome.chart))
    try run.folder.write(outcome.chart, to: "confusion.svg", width: 640, height: 560)
    try run.add(
      outcome.picture, to: "confusion.png", heading: "Confusion matrix",
      caption: "rows: what pictures show; columns: what they were taken for")
    try run.add(
      outcome.sheet(), to: "mistakes.png",
      heading: outcome.mistakes.isEmpty ? "No mistakes" : "Worst mistakes",
      caption: outcome.mistakes.isEmpty
        ? "no mistakes; the right predictions that were least sure" : "the mistakes of which the network was surest")
    try run.finish(
      history, model: kind.name,
      results: [
        ("best_epoch", Double(number)), ("best_accuracy", accuracy), ("mistakes", Double(outcome.mistakes.count)),
        ("skipped", Double(skipped)),
      ], next: nextSteps(run.folder))
  }

  private func given() throws -> (training: String, validation: String) {
    guard let train, let validation else { throw ValidationError("--train and --validation are needed.") }
    return (train, validation)
  }

  private func prepared(_ side: Int) -> ImagePreprocessing {
    var preprocessing = ImagePreprocessing.imageNet(crop: side)
    if side == 224, let row = try? network.published(), network.pretrained { preprocessing = row.preprocessing }
    return preprocessing
  }

  private func augmented(_ preprocessing: ImagePreprocessing) -> ImagePipeline {
    guard augmentation else { return preprocessing.pipeline }
    // Generated figures are told apart by their shapes, which small parts do not show.
    let area = isGenerated ? 0.6...1 : 0.08...1
    return ImagePipeline(
      [
        RandomResizedCrop(preprocessing.crop, area: area), RandomHorizontalFlip(),
        ColorJitter(brightness: 0.2, contrast: 0.2, saturation: 0.2),
      ], normalization: preprocessing.normalization)
  }

  private func nextSteps(_ folder: RunFolder) -> [NextStep] {
    if isGenerated { return [NextStep("--train DIR --validation DIR --pretrained", "your own pictures")] }
    return [
      NextStep("--train DIR --validation DIR --epochs \(2 * options.epochs)", "longer"),
      NextStep("--train DIR --validation DIR --body frozen --weights FILE", "only the new layers learn: faster"),
    ]
  }
}

/// Pictures of generated figures in folders, where none are given.
private struct GeneratedPictures {
  let paths: (training: String, validation: String)

  init(in folder: RunFolder, quick: Bool) throws {
    paths = (folder.file("pictures/train"), folder.file("pictures/validation"))
    let (classes, count) = (4, quick ? 240 : 1200)
    for (path, count, seed) in [(paths.training, count, UInt64(1)), (paths.validation, count / 4, UInt64(2))] {
      let figures = SyntheticShapes.dataset(count: count * SyntheticShapes.classNames.count / classes, seed: seed)
      let names = SyntheticShapes.classNames.prefix(classes)
      for name in names { try createFolder("\(path)/\(name)") }
      for number in 0..<figures.count {
        let label = Int(figures.labels.values[number])
        guard label < classes else { continue }
        let plane = figures.images[number].squeezed(axis: 0)  // [28, 28]
        try Image(plane).converted(toChannels: 3).write(to: "\(path)/\(names[label])/\(number).png")
      }
    }
  }
}
