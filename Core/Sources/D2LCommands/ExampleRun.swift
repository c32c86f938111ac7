import ArgumentParser
import D2LCore

/// The options of sections that compute and show, without a training loop of the usual kind.
public struct ExampleOptions: ParsableArguments {
  /// `--seed`
  @Option(parsing: .unconditional, help: "Decides all random choices: the same seed gives the same numbers.")
  public var seed: UInt64 = 0

  /// `--threads`
  @Option(
    parsing: .unconditional, help: "How many threads to use. Results do not depend on it. (default: all processors)")
  public var threads: Int?

  /// `--out`
  @Option(help: ArgumentHelp("The folder for plots and report. (default: a new one under runs/)", valueName: "dir"))
  public var out: String?

  /// `--quick`
  @Flag(help: "Do less of what takes long, to see that everything works.")
  public var quick = false

  /// `--json`
  @Flag(help: "End with one line of JSON that holds the numbers shown.")
  public var json = false

  /// `--profile`
  @Flag(help: "Show where the time went, by operation, and write trace.json for a trace viewer.")
  public var profile = false

  /// The options, for the parser.
  public init() {}

  /// Throws if a value is out of range.
  public func validate() throws {
    guard threads.map({ 1...256 ~= $0 }) ?? true else {
      throw ValidationError("--threads \(threads ?? 0): a number from 1 to 256 is expected.")
    }
    guard out != "" else { throw ValidationError("--out takes the path of a folder.") }
  }
}

/// What surrounds such a section: it prints what is shown, keeps the numbers, and writes plots and the report.
public final class ExampleRun {
  /// The section.
  public let info: SectionInfo
  /// What decides all random choices.
  public let seed: UInt64
  /// What everything random draws from.
  public let source: RandomSource
  /// Where plots and report go.
  public let folder: RunFolder
  /// The numbers shown, by name, in order.
  public private(set) var numbers: [(name: String, values: [Double])] = []
  private let endsInJSON: Bool
  private let profiler: Profiler?
  private var blocks: [Report.Block] = []
  private var report: Report

  /// Prepares the run and prints the heading.
  public convenience init(_ info: SectionInfo, _ options: ExampleOptions) throws {
    try self.init(
      info, seed: options.seed, threads: options.threads, out: options.out, json: options.json, profile: options.profile
    )
  }

  /// The same for a section that trains several models one after the other. Such a run is not resumed: `--resume` is refused.
  public convenience init<Defaults>(_ info: SectionInfo, _ options: TrainingOptions<Defaults>) throws {
    guard options.resume == nil else {
      throw ValidationError("--resume: this section trains several models in a run and begins anew each time.")
    }
    try self.init(
      info, seed: options.seed, threads: options.threads, out: options.out, json: options.json, profile: options.profile
    )
  }

  private init(_ info: SectionInfo, seed: UInt64, threads: Int?, out: String?, json: Bool, profile: Bool) throws {
    self.info = info
    self.seed = seed
    endsInJSON = json
    if let threads { Engine.threads = threads }
    source = RandomSource(seed: seed)
    folder = try RunFolder(out ?? RunFolder.freshPath(for: info))
    report = Report(title: "\(info.number) \(info.title)", subtitle: info.invocation)
    profiler = profile ? Profiler() : nil
    print("\(info.number) \(info.title)")
    profiler?.start()
  }

  /// Shows an array under what computed it.
  public func show<S>(_ expression: String, _ value: Tensor<S>) {
    show(expression, text: value.description, numbers: value.values.map(\.asDouble))
  }

  /// Shows a number.
  public func show(_ expression: String, _ value: Double, decimals: Int = 6) {
    show(expression, text: fixed(value, decimals), numbers: [value])
  }

  /// Shows a whole number.
  public func show(_ expression: String, _ value: Int) {
    show(expression, text: String(value), numbers: [Double(value)])
  }

  /// Shows text.
  public func show(_ expression: String, _ value: String) { show(expression, text: value, numbers: []) }

  private func show(_ expression: String, text: String, numbers: [Double]) {
    print(text.contains("\n") ? "\n\(expression)\n\(text)" : "\(expression)  →  \(text)")
    blocks.append(.preformatted(text.contains("\n") ? "\(expression)\n\(text)" : "\(expression)  →  \(text)"))
    if !numbers.isEmpty { self.numbers.append((expression, numbers)) }
  }

  /// Keeps numbers for the line of JSON without showing them: where a table or a plot shows them already.
  public func record(_ name: String, _ values: [Double]) { numbers.append((name, values)) }

  /// Says something in a sentence.
  public func say(_ text: String) {
    print("\n\(text)")
    blocks.append(.paragraph(text))
  }

  /// Writes a chart as `<name>.svg` and puts it into the report.
  public func plot(_ name: String, _ chart: any Chart, width: Double = 640, height: Double = 380) throws {
    try folder.write(chart, to: name + ".svg", width: width, height: height)
    blocks.append(.chart(chart, width: width, height: height))
    print("plot: \(folder.file(name + ".svg"))")
  }

  /// Writes an image as `<name>.png` and puts it into the report.
  public func picture(_ name: String, _ image: Image, alternative: String) throws {
    try folder.write(image, to: name + ".png")
    blocks.append(.picture(try Picture(png: image.encoded(), alternative: alternative)))
    print("picture: \(folder.file(name + ".png"))")
  }

  /// Prints a table and puts it into the report.
  public func table(_ table: TextTable, caption: String = "") {
    print("\n\(table)")
    blocks.append(.table(table, caption: caption))
  }

  /// Trains to the end, showing how it goes. Ctrl-C ends the whole run: throws ``InterruptedRun``.
  public func fit<Source>(_ trainer: Trainer<Source>, epochs: Int) throws -> [EpochReport] {
    Interruption.watch()
    let printer = ProgressPrinter()
    trainer.shouldStop = { Interruption.isRequested }
    trainer.listeners.append { printer.handle($0) }
    let history = try trainer.fit(epochs: epochs)
    if trainer.isInterrupted {
      throw InterruptedRun(description: "Stopped. What was plotted so far is in \(folder.path)")
    }
    return history
  }

  /// Ends a part of the report under a heading.
  public func part(_ heading: String) {
    closePart()
    print("\n\(heading)")
    openHeading = heading
  }
  private var openHeading = "Results"

  private func closePart() {
    if !blocks.isEmpty { report.add(Report.Section(openHeading, blocks)) }
    blocks = []
  }

  /// Writes the report and says where it is; with `--json` the numbers as one line.
  public func finish() throws {
    closePart()
    if let profiler { report.add(try folder.keep(profiler)) }
    try folder.write(report.html(), to: "report.html")
    print("\nReport: \(folder.report)")
    guard endsInJSON else { return }
    let fields =
      [("section", jsonText(info.number)), ("seed", String(seed)), ("run", jsonText(folder.path))]
      + numbers.map { name, values in
        (
          name,
          values.count == 1 ? jsonNumber(values[0]) : "[" + values.map { jsonNumber($0) }.joined(separator: ", ") + "]"
        )
      }
    print("{" + fields.map { "\(jsonText($0.0)): \($0.1)" }.joined(separator: ", ") + "}")
  }
}
