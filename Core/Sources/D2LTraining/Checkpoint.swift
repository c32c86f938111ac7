import D2LFiles
import D2LLayers
import D2LOptim
import D2LTensor
import D2LWeights
import Foundation

/// A training run in one file: weights, optimizer, random stream and position, in safetensors.
///
/// Arrays are named `model.<path>`, `optimizer.<entry>` and, between the batches of one update, `gradient.<number>`; the metadata holds the progress and the settings of the run as JSON. The file is
/// written beside its place and renamed, so that there is always a whole one.
public struct Checkpoint {
  /// What the run was told to do, to be compared when it goes on.
  public let settings: [String: String]
  /// Where the run stood.
  public let progress: TrainingProgress
  private let model: [String: AnyTensor]
  private let optimizer: [String: AnyTensor]
  private let gradients: [String: AnyTensor]
  private let path: String

  private static let progressKey = "d2l.progress"
  private static let settingsKey = "d2l.settings"

  /// Saves a run. `settings` are kept for ``requireSettings(_:)``.
  public static func save(
    _ model: any Module, _ optimizer: Optimizer, _ progress: TrainingProgress, settings: [String: String],
    to path: String
  ) throws(FileError) {
    var arrays = NamedTensors()
    for (name, array) in model.state { arrays["model." + name] = array }
    for (name, array) in optimizer.state { arrays["optimizer." + name] = array }
    if progress.gatheredBatches > 0 {
      for (number, parameter) in optimizer.parameters.enumerated() {
        if let gradient = parameter.gradient { arrays["gradient.\(number)"] = gradient.erased }
      }
    }
    let metadata: [String: String]
    do {
      metadata = try [progressKey: encode(progress), settingsKey: encode(settings)]
    } catch {
      throw FileError(file: path, problem: "the progress could not be written as JSON: \(error)")
    }
    try Safetensors.write(arrays, metadata: metadata, to: path)
  }

  /// Reads a saved run. Throws a `FileError` if the file is damaged or is no checkpoint.
  public init(path: String) throws(FileError) {
    self.path = path
    let file = try SafetensorsFile(path)
    let help = "a checkpoint is the file checkpoint.safetensors of a run folder"
    guard let progress = file.metadata[Checkpoint.progressKey], let settings = file.metadata[Checkpoint.settingsKey]
    else { throw FileError(file: path, problem: "these are weights, not a checkpoint of a training run", help: help) }
    do {
      self.progress = try JSONDecoder().decode(TrainingProgress.self, from: Data(progress.utf8))
      self.settings = try JSONDecoder().decode([String: String].self, from: Data(settings.utf8))
    } catch {
      throw FileError(
        file: path, at: .key(Checkpoint.progressKey), problem: "the saved progress cannot be read", help: help)
    }
    var model: [String: AnyTensor] = [:]
    var optimizer: [String: AnyTensor] = [:]
    var gradients: [String: AnyTensor] = [:]
    for (name, array) in try file.readAll() {
      if name.hasPrefix("model.") { model[String(name.dropFirst("model.".count))] = array }
      if name.hasPrefix("gradient.") { gradients[String(name.dropFirst("gradient.".count))] = array }
      if name.hasPrefix("optimizer.") { optimizer[String(name.dropFirst("optimizer.".count))] = array }
    }
    self.model = model
    self.optimizer = optimizer
    self.gradients = gradients
    try Checkpoint.check(self.progress, path)
  }

  /// Throws if the progress cannot be that of a run: a file that was changed by hand.
  private static func check(_ progress: TrainingProgress, _ path: String) throws(FileError) {
    let counts = [
      progress.completedEpochs, progress.completedBatches, progress.gatheredBatches, progress.tally.count,
      progress.schedule?.steps ?? 0,
    ]
    // Numbers so large that counting on from them would overflow are in no run.
    if counts.contains(where: { !(0..<1 << 53).contains($0) }) || progress.gatheredBatches > progress.completedBatches
      || progress.history.count != progress.completedEpochs
    {
      throw FileError(
        file: path, at: .key(progressKey),
        problem:
          "the saved progress contradicts itself: \(counts[0]) epochs with \(progress.history.count) reports, \(counts[1]) batches",
        help: "the file was changed after it was saved; start from another checkpoint")
    }
  }

  /// Throws if the run was told something else than `current`: going on would not be what never stopping is.
  public func requireSettings(_ current: [String: String]) throws(FileError) {
    let differences = Set(settings.keys).union(current.keys).sorted().filter { settings[$0] != current[$0] }
    if differences.isEmpty { return }
    let list = differences.map { "\($0) was \(settings[$0] ?? "not set"), is now \(current[$0] ?? "not set")" }
    throw FileError(
      file: path, problem: "the checkpoint is of another run: " + list.joined(separator: "; "),
      help: "resume with the settings that the run was started with")
  }

  /// Puts weights and optimizer back. Throws, having changed neither, if they do not fit.
  public func restore(_ model: any Module, _ optimizer: Optimizer) throws(FileError) {
    let gradients = try gathered(for: optimizer)
    let before = Dictionary(model.state.map { ($0.name, $0.array) }, uniquingKeysWith: { first, _ in first })
    let problems = model.restore(self.model)
    guard problems.isEmpty else {
      throw FileError(
        file: path, at: .key("model"),
        problem: "the weights are of another model: " + problems.prefix(8).joined(separator: "; "),
        help: problems.count > 8 ? "and \(problems.count - 8) more differences" : nil)
    }
    do {
      try optimizer.restore(self.optimizer)
    } catch {
      _ = model.restore(before)
      throw FileError(file: path, at: .key("optimizer"), problem: "\(error)")
    }
    for (parameter, gradient) in zip(optimizer.parameters, gradients) { parameter.gradient = gradient }
  }

  /// The gradients of the batches gathered so far, one for each parameter. Throws if they or the schedule are another optimizer's.
  private func gathered(for optimizer: Optimizer) throws(FileError) -> [Tensor<Float>?] {
    if let schedule = progress.schedule,
      schedule.rates.count != optimizer.groups.count || schedule.baseRates.count != optimizer.groups.count
    {
      throw FileError(
        file: path, at: .key(Checkpoint.progressKey),
        problem:
          "a schedule of \(schedule.rates.count) learning rates for \(optimizer.groups.count) groups of parameters")
    }
    let parameters = optimizer.parameters
    for key in gradients.keys.sorted() where Int(key).map({ parameters.indices.contains($0) }) != true {
      throw FileError(file: path, at: .key("gradient.\(key)"), problem: "there is no such parameter")
    }
    var result: [Tensor<Float>?] = []
    for (number, parameter) in parameters.enumerated() {
      let saved = gradients[String(number)]
      if let saved, saved.dtype != .float32 || saved.shape != parameter.shape {
        throw FileError(
          file: path, at: .key("gradient.\(number)"),
          problem: "\(saved.dtype) of shape \(saved.shape) for a parameter of shape \(parameter.shape)")
      }
      result.append(saved.flatMap { Tensor<Float>(exactly: $0) })
    }
    return result
  }

  private static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
