import ArgumentParser
import D2LCore
import Foundation

/// What surrounds the training of a section: its folder, its random source, progress, checkpoints, Ctrl-C, the report and the summary.
public final class SectionRun<Defaults: TrainingDefaults> {
  /// The section.
  public let info: SectionInfo
  /// The command line's options.
  public let options: TrainingOptions<Defaults>
  /// What everything random draws from, begun by the seed.
  public let source: RandomSource
  /// Where the results go.
  public let folder: RunFolder
  /// The report in the making; sections of a worked example add what they found.
  public var report: Report
  /// What the run is told to do, as reports and checkpoints keep it.
  public private(set) var settings: [(name: String, value: String)] = []
  private let checkpoint: Checkpoint?
  private let profiler: Profiler?
  private let start = ContinuousClock().now
  private var dataName = "none"
  private var pictures: [(file: String, about: String)] = []

  /// Prepares a run: threads, seed, folder, and the checkpoint if it resumes one.
  public init(_ info: SectionInfo, _ options: TrainingOptions<Defaults>) throws {
    self.info = info
    self.options = options
    if let threads = options.threads { Engine.threads = threads }
    source = RandomSource(seed: options.seed)
    if let resumed = options.resume {
      let path = resumed + "/checkpoint.safetensors"
      checkpoint = try Checkpoint(path: path)
      folder = try RunFolder(resumed)
    } else {
      checkpoint = nil
      folder = try RunFolder(options.out ?? RunFolder.freshPath(for: info))
    }
    report = Report(title: "\(info.number) \(info.title)", subtitle: info.invocation)
    profiler = options.profile ? Profiler() : nil
    Interruption.watch()
    profiler?.start()
  }

  /// Says what the run learns from, and prints the heading.
  public func begin(data: String, details: String, model: any Module, modelName: String, extra: [(String, String)] = [])
    throws
  {
    dataName = data
    settings =
      [
        ("section", info.number), ("model", modelName), ("parameters", String(model.parameterCount)), ("data", data),
        ("batch_size", String(options.batchSize)), ("learning_rate", options.learningRate.description),
        ("seed", String(options.seed)),
      ] + extra.map { (name: $0.0, value: $0.1) }
    print("\(info.number) \(info.title): \(modelName), \(grouped(model.parameterCount)) parameters")
    print("Data: \(details)")
    print(
      "\(options.epochs) epochs, batches of \(options.batchSize), learning rate \(options.learningRate), seed \(options.seed), \(Engine.threads) threads"
    )
  }

  /// Trains to the end, or goes on to the end from a checkpoint. Ctrl-C saves one and throws ``InterruptedRun``.
  public func fit<Source>(_ trainer: Trainer<Source>) throws -> [EpochReport] {
    let kept = Dictionary(settings.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    if let checkpoint {
      try checkpoint.requireSettings(kept)
      try checkpoint.restore(trainer.model, trainer.optimizer)
      trainer.restore(checkpoint.progress)
    }
    try folder.write(configuration, to: "config.json")
    let events = try TensorBoardEvents(folder: folder.path)
    let printer = ProgressPrinter()
    trainer.shouldStop = { Interruption.isRequested }
    trainer.listeners.append { [folder, weak trainer] event in
      printer.handle(event)
      if case .epochFinished(let report) = event { try events.write(report) }
      guard let trainer else { return }
      switch event {
      case .epochFinished, .interrupted:
        try Checkpoint.save(trainer.model, trainer.optimizer, trainer.progress, settings: kept, to: folder.checkpoint)
        try folder.write(trainer.progress.history.csv, to: "metrics.csv")
      default: break
      }
    }
    let history = try trainer.fit(epochs: options.epochs)
    if trainer.isInterrupted {
      throw InterruptedRun(
        description: "Stopped. Where it stood is saved in \(folder.checkpoint); go on with --resume \(folder.path)")
    }
    try keep(history, trainer.model)
    return history
  }

  /// Trains `model` with a loop that the section writes out itself: `epoch` learns from all examples once, `evaluation` counts what came of it.
  ///
  /// Ctrl-C ends the run after the epoch under way. Such a loop keeps no checkpoints: its section refuses `--resume` when it validates the
  /// command line.
  public func fit(
    _ model: any Module, epoch: (_ number: Int) throws -> Tally, evaluation: (() throws -> Tally)? = nil
  ) throws -> [EpochReport] {
    require(checkpoint == nil, "SectionRun.fit", "a section with a loop of its own has to refuse --resume")
    try folder.write(configuration, to: "config.json")
    let events = try TensorBoardEvents(folder: folder.path)
    let clock = ContinuousClock()
    var history: [EpochReport] = []
    for number in 1...options.epochs {
      let start = clock.now
      let training = try epoch(number)
      let seconds = (clock.now - start).seconds
      let report = EpochReport(epoch: number, training: training, validation: try evaluation?(), seconds: seconds)
      history.append(report)
      print(ProgressPrinter.line(report, of: options.epochs))
      try events.write(report)
      try folder.write(history.csv, to: "metrics.csv")
      if Interruption.isRequested {
        throw InterruptedRun(description: "Stopped. \(folder.file("metrics.csv")) has the epochs so far.")
      }
    }
    try keep(history, model)
    return history
  }

  private func keep(_ history: [EpochReport], _ model: any Module) throws {
    try folder.write(history.csv, to: "metrics.csv")
    var weights = NamedTensors()
    for (name, array) in model.state { weights[name] = array }
    try Safetensors.write(
      weights, metadata: ["section": info.number, "seed": String(options.seed)], to: folder.weights)
  }

  private var configuration: String {
    let all = settings + [("epochs", String(options.epochs)), ("threads", String(Engine.threads))]
    let lines = all.map { "  \(jsonText($0.name)): \(jsonText($0.value))" }
    return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
  }

  /// Writes a chart into the folder and shows it in the report, with the caption under it.
  public func add(_ chart: any Chart, to file: String, heading: String, caption: String) throws {
    try folder.write(chart, to: file)
    pictures.append((file, caption))
    report.add(heading, .chart(chart, caption: caption))
  }

  /// Writes a picture into the folder and shows it in the report, with the caption under it.
  public func add(_ picture: Image, to file: String, heading: String, caption: String) throws {
    try folder.write(picture, to: file)
    pictures.append((file, caption))
    report.add(
      heading, .picture(try Picture(png: picture.encoded(), alternative: caption, caption: caption)))
  }

  /// Writes curves and report, and prints where they are and what might come next; with `--json` also the one-line summary.
  public func finish(
    _ history: [EpochReport], model: String, results: [(name: String, value: Double?)] = [], next: [NextStep] = []
  ) throws {
    var charts: [any Chart] = []
    for name in history.last?.training.names ?? [] {
      let chart = history.chart(of: name, title: name)
      try folder.write(chart, to: "\(name).svg")
      charts.append(chart)
    }
    var whole = Report(title: report.title, subtitle: report.subtitle)
    if let last = history.last { whole.add("Result", .tiles(tiles(last))) }
    whole.add(
      "Settings", .settings(settings + [("epochs", String(history.count)), ("threads", String(Engine.threads))]))
    whole.add("Curves", .charts(charts))
    for section in report.sections { whole.add(section) }
    whole.add("Epochs", .table(SectionRun.table(history)))
    if let profiler { whole.add(try folder.keep(profiler)) }
    try folder.write(whole.html(), to: "report.html")
    printResults(curves: (history.last?.training.names ?? []).map { "\($0).svg" })
    printNext(next)
    guard options.json else { return }
    print(summary(history, model: model, results: results))
    fflush(nil)
  }

  private func printResults(curves: [String]) {
    var table = TextTable("", "", style: .plain)
    table.add("  report.html", "settings, curves, pictures and numbers on one page, for a browser")
    table.add("  " + curves.joined(separator: ", "), "the learning curves")
    for picture in pictures { table.add("  " + picture.file, picture.about) }
    table.add("  model.safetensors", "the trained weights")
    table.add("  events.out.tfevents…", "the curves for TensorBoard")
    print("\nResults in \(folder.path):\n\(table)")
  }

  private func printNext(_ steps: [NextStep]) {
    if steps.isEmpty { return }
    var table = TextTable("", "", style: .plain)
    for step in steps { table.add("  \(info.typedInvocation) \(step.arguments)", "# " + step.purpose) }
    print("\nNext:\n\(table)")
  }

  private func tiles(_ last: EpochReport) -> [Report.Tile] {
    var tiles = last.training.names.map { Report.Tile(fixed(last.training[$0] ?? .nan, 3), "train \($0)") }
    tiles += (last.validation?.names ?? []).map { Report.Tile(fixed(last.validation?[$0] ?? .nan, 3), "test \($0)") }
    tiles.append(Report.Tile(grouped(Int(last.examplesPerSecond)), "examples per second"))
    return tiles
  }

  private static func table(_ history: [EpochReport]) -> TextTable {
    let training = history.last?.training.names ?? []
    let validation = history.last?.validation?.names ?? []
    var table = TextTable(
      columns: (["epoch"] + training.map { "train \($0)" } + validation.map { "test \($0)" } + ["examples/s"]).map {
        TextTable.Column($0)
      })
    for report in history {
      table.add(
        [String(report.epoch)] + training.map { fixed(report.training[$0] ?? .nan, 4) }
          + validation.map { fixed(report.validation?[$0] ?? .nan, 4) } + [grouped(Int(report.examplesPerSecond))])
    }
    return table
  }

  /// section, model, data, epochs, train_loss, train_accuracy, test_accuracy, examples_per_second, seconds, seed, run: as one JSON object.
  private func summary(_ history: [EpochReport], model: String, results: [(name: String, value: Double?)]) -> String {
    let last = history.last
    var fields: [(String, String)] = [
      ("section", jsonText(info.number)), ("model", jsonText(model)), ("data", jsonText(dataName)),
      ("epochs", String(history.count)),
    ]
    for name in last?.training.names ?? [] { fields.append(("train_\(name)", jsonNumber(last?.training[name]))) }
    for name in last?.validation?.names ?? [] { fields.append(("test_\(name)", jsonNumber(last?.validation?[name]))) }
    for result in results { fields.append((result.name, jsonNumber(result.value))) }
    let examples = history.reduce(0) { $0 + $1.training.count }
    let seconds = history.reduce(0.0) { $0 + $1.seconds }
    fields.append(("examples_per_second", jsonNumber(seconds > 0 ? Double(examples) / seconds : nil)))
    fields.append(("seconds", jsonNumber((ContinuousClock().now - start).seconds)))
    fields.append(("seed", String(options.seed)))
    fields.append(("run", jsonText(folder.path)))
    return "{" + fields.map { "\(jsonText($0.0)): \($0.1)" }.joined(separator: ", ") + "}"
  }
}

extension RunFolder {
  /// The path of a new folder for a run of a section: `runs/<package>-<command>-<time>`.
  static func freshPath(for info: SectionInfo) -> String { freshPath(for: "\(info.package)-\(info.command)") }
}

/// A JSON string.
func jsonText(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    default: result += scalar.value < 0x20 ? String(format: "\\u%04x", scalar.value) : String(scalar)
    }
  }
  return result + "\""
}

/// A JSON number; null where there is none.
func jsonNumber(_ value: Double?) -> String {
  guard let value, value.isFinite else { return "null" }
  return value.description
}
