import ArgumentParser
import D2LCore

/// What a section that trains something uses where the command line does not say otherwise.
public protocol TrainingDefaults {
  /// How often all examples are seen.
  static var epochs: Int { get }
  /// Examples per step.
  static var batchSize: Int { get }
  /// The optimizer's step size.
  static var learningRate: Double { get }
  /// The same three for `--quick`; without a word on it, they are no others.
  static var quick: TrainingSettings { get }
}

/// How a model is trained.
public struct TrainingSettings: Sendable, Hashable {
  /// How often all examples are seen.
  public let epochs: Int
  /// Examples per step.
  public let batchSize: Int
  /// The optimizer's step size.
  public let learningRate: Double

  /// Settings from their three values.
  public init(epochs: Int, batchSize: Int, learningRate: Double) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.learningRate = learningRate
  }
}

extension TrainingDefaults {
  /// The settings without `--quick`.
  public static var standard: TrainingSettings {
    TrainingSettings(epochs: epochs, batchSize: batchSize, learningRate: learningRate)
  }

  /// No settings of their own for `--quick`.
  public static var quick: TrainingSettings { standard }
}

/// What a section learns from.
public enum DataChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
  /// The built-in generator.
  case synthetic
  /// The book's data, found on this machine or downloaded.
  case real
}

extension DataCache {
  /// Where a section finds its real data, fetched if they were asked for and are missing; nil where it is to use its generator.
  public func find(_ dataset: RemoteDataset, _ choice: DataChoice?) throws -> DataLocation? {
    switch choice {
    case .synthetic: nil
    case .real: try fetch(dataset, progress: DownloadPrinter().show)
    case nil: try locate(dataset)
    }
  }
}

/// The options of every section that trains something. They mean the same everywhere.
///
/// Numbers are parsed unconditionally, so that `-1` is a number that is refused with a reason and not an unknown option.
public struct TrainingOptions<Defaults: TrainingDefaults>: ParsableArguments {
  /// `--data`
  @Option(
    help: "What to learn from. Without this option: the real data where it is found on this machine, else synthetic.")
  public var data: DataChoice?

  @Option(
    name: .customLong("epochs"), parsing: .unconditional, help: help("How often all examples are seen.", \.epochs))
  var givenEpochs: Int?

  @Option(name: .customLong("batch-size"), parsing: .unconditional, help: help("Examples per step.", \.batchSize))
  var givenBatchSize: Int?

  @Option(
    name: .customLong("learning-rate"), parsing: .unconditional,
    help: help("The optimizer's step size.", \.learningRate))
  var givenLearningRate: Double?

  /// `--seed`
  @Option(parsing: .unconditional, help: "Decides all random choices: the same seed gives the same numbers.")
  public var seed: UInt64 = 0

  /// `--threads`
  @Option(
    parsing: .unconditional, help: "How many threads to use. Results do not depend on it. (default: all processors)")
  public var threads: Int?

  /// `--out`
  @Option(help: ArgumentHelp("The folder for the results. (default: a new one under runs/)", valueName: "dir"))
  public var out: String?

  /// `--resume`
  @Option(help: ArgumentHelp("Go on with the run in this folder, which was interrupted.", valueName: "dir"))
  public var resume: String?

  /// `--quick`
  @Flag(help: "A run of seconds on little generated data, to see that everything works.")
  public var quick = false

  /// `--json`
  @Flag(help: "End with one line of JSON that sums up the run.")
  public var json = false

  /// `--profile`
  @Flag(help: "Show where the time went, by operation, and write trace.json for a trace viewer.")
  public var profile = false

  /// The options, for the parser.
  public init() {}

  /// How often all examples are seen.
  public var epochs: Int { givenEpochs ?? defaults.epochs }
  /// Examples per step.
  public var batchSize: Int { givenBatchSize ?? defaults.batchSize }
  /// The optimizer's step size.
  public var learningRate: Double { givenLearningRate ?? defaults.learningRate }

  private var defaults: TrainingSettings { quick ? Defaults.quick : Defaults.standard }

  private static func help<Value: Equatable>(
    _ text: String, _ value: KeyPath<TrainingSettings, Value>
  ) -> ArgumentHelp {
    let (standard, quick) = (Defaults.standard[keyPath: value], Defaults.quick[keyPath: value])
    return ArgumentHelp("\(text) (default: \(standard)\(standard == quick ? "" : "; with --quick \(quick)"))")
  }

  /// Throws if a value is out of range.
  public func validate() throws {
    func check(_ condition: Bool, _ message: String) throws {
      if !condition { throw ValidationError(message) }
    }
    try check(epochs >= 1 && epochs <= 1_000_000, "--epochs \(epochs): a whole number from 1 to 1000000 is expected.")
    try check(
      batchSize >= 1 && batchSize <= 1_000_000,
      "--batch-size \(batchSize): a whole number from 1 to 1000000 is expected.")
    try check(
      learningRate.isFinite && learningRate > 0, "--learning-rate \(learningRate): a positive number is expected.")
    try check(threads.map { 1...256 ~= $0 } ?? true, "--threads \(threads ?? 0): a number from 1 to 256 is expected.")
    try check(out == nil || resume == nil, "--out and --resume: a resumed run keeps its folder; give one of the two.")
    try check(out != "" && resume != "", "--out and --resume take the path of a folder.")
    try check(
      !(quick && data == .real), "--quick runs on generated data; leave out --data real.")
  }
}
