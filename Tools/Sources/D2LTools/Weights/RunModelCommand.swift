import ArgumentParser
import D2LCommands
import D2LCore
import Foundation

/// `d2l run`: a model's forward pass on an array, so that anybody can check it against another program.
struct RunModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a model with weights from a file on an array, and write what comes out.",
    discussion: """
      In evaluation mode, as after model.eval() in PyTorch. All names and shapes must fit, unless told otherwise. `d2l run --list` shows the \
      models; `d2l image convert PHOTO X.npy --tensor imagenet` makes an array of a picture.
      """)

  @Argument(help: "The model's name.")
  var model: String?

  @Option(help: ArgumentHelp("The file of weights, of any format.", valueName: "file"))
  var weights: String?

  @Option(help: ArgumentHelp("The array, .npy: a batch of examples.", valueName: "x.npy"))
  var input: String?

  @Option(help: ArgumentHelp("Where the result goes, .npy.", valueName: "y.npy"))
  var output: String?

  @Option(help: "How many classes the model has. (default: as the list says)")
  var classes: Int?

  @Option(help: ArgumentHelp("Take this off the names in the file.", valueName: "prefix"))
  var strip: String?

  @Flag(help: "Ignore weights that are missing or have no place; shapes must fit all the same.")
  var notStrict = false

  @Option(
    parsing: .unconditional, help: "How many threads to use. Results do not depend on it. (default: all processors)")
  var threads: Int?

  @Flag(help: "Show the models and stop.")
  var list = false

  private var row: ZooModel? { DomainPackage.models.first { $0.name == model } }

  func validate() throws {
    if list { return }
    guard let model else { throw ValidationError("give the name of a model; `d2l run --list` shows them.") }
    guard row != nil else {
      throw ValidationError(unknown("model", model, among: DomainPackage.models.map(\.name), see: "d2l run --list"))
    }
    for (option, value) in [("--weights", weights), ("--input", input), ("--output", output)] where value == nil {
      throw ValidationError("\(option) is missing.")
    }
    guard output?.hasSuffix(".npy") != false else {
      throw ValidationError("--output \(output ?? ""): the name must end with .npy.")
    }
    guard classes.map({ 1...1_000_000 ~= $0 }) ?? true else {
      throw ValidationError("--classes \(classes ?? 0): a number from 1 to 1,000,000 is expected.")
    }
    guard threads.map({ 1...256 ~= $0 }) ?? true else {
      throw ValidationError("--threads \(threads ?? 0): a number from 1 to 256 is expected.")
    }
  }

  func run() throws {
    if list {
      print(RunModelCommand.table)
      return
    }
    guard let row, let weights, let input, let output else { return }
    if let threads { Engine.threads = threads }
    // What can be wrong with the input is said before gigabytes of weights are read.
    let batch = try Npy.read(input)
    let network = row.make(classes: classes)
    try network.check(batch, from: input)
    let report = try load(weights, into: network, of: row)
    let result = try network.run(batch, from: input)
    try Npy.write(result, to: output)
    print(report)
    print("\(output): \(result.shape) of \(result.dtype)")
  }

  /// Loads by the names that fit: the model's own, or those of one of its sources. If none does, the error is that of the nearest.
  private func load(_ path: String, into network: ZooNetwork, of row: ZooModel) throws -> LoadReport {
    let file = try Weights.open(path).stateDict()
    var ways = [row.loading()] + row.sources.map(\.options)
    if let strip { for index in ways.indices { ways[index].strippingPrefixes.insert(strip, at: 0) } }
    var problems: [(error: LoadError, way: LoadOptions)] = []
    for way in ways {
      do { return try network.module.loadWeights(file, way) } catch let error as LoadError {
        problems.append((error, way))
      }
    }
    let nearest = problems.min { $0.error.report.problemCount < $1.error.report.problemCount } ?? problems[0]
    guard notStrict else { throw nearest.error }
    var way = nearest.way
    way.strict = false
    return try network.module.loadWeights(file, way)
  }

  private static var table: TextTable {
    var table = TextTable(columns: [
      TextTable.Column("model", alignment: .leading), TextTable.Column("what it is"),
      TextTable.Column("section", alignment: .leading), TextTable.Column("input"), TextTable.Column("classes"),
    ])
    for model in DomainPackage.models {
      table.add(model.name, model.about, model.section ?? "–", "\(model.input)", String(model.classes))
    }
    return table
  }
}
