import D2LFiles
import D2LTensor

/// The tensors of a file below one of its keys, named without it.
public struct SubtreeFile: WeightFile {
  /// The file that holds them.
  public let base: any WeightFile
  /// What their names begin with there.
  public let prefix: String
  /// The tensors, by their shorter names.
  public let entries: [WeightEntry]
  private let positions: [String: Int]

  init(_ base: any WeightFile, prefix: String) {
    self.base = base
    self.prefix = prefix
    entries = base.entries.filter { $0.name.hasPrefix(prefix) && $0.name != prefix }.map { entry in
      var entry = entry
      entry.name = String(entry.name.dropFirst(prefix.count))
      // The original may lie outside.
      entry.tiedTo = entry.tiedTo.flatMap { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : nil }
      return entry
    }
    positions = Dictionary(zip(entries.map(\.name), entries.indices)) { first, _ in first }
  }

  /// The path, for messages.
  public var file: String { base.file }
  /// Which format it is.
  public var format: WeightFormat { base.format }
  /// What the whole file says beside its tensors.
  public var metadata: [String: String] { base.metadata }
  /// What the whole file may take.
  public var memoryLimit: Int { base.memoryLimit }
  /// Containers inside this one.
  public var containers: [String] {
    base.containers.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
  }

  /// The entry with this name, if there is one.
  public func entry(named name: String) -> WeightEntry? { positions[name].map { entries[$0] } }

  /// Reads one tensor; see ``WeightFile``.
  public func tensor(named name: String) throws(FileError) -> AnyTensor {
    guard positions[name] != nil else { throw missing(name, among: names, in: file) }
    return try base.tensor(named: prefix + name)
  }

  /// Reads the stored elements of one tensor; see ``WeightFile``.
  public func bytes(named name: String) throws(FileError) -> [UInt8] {
    guard positions[name] != nil else { throw missing(name, among: names, in: file) }
    return try base.bytes(named: prefix + name)
  }
}

extension WeightFile {
  /// Nothing, where a format has no containers.
  public var containers: [String] { [] }

  /// The tensors below `key`, named without it: `subtree("model")` has `fc.weight` for `model.fc.weight`.
  ///
  /// Throws if there are none.
  public func subtree(_ key: String) throws(FileError) -> SubtreeFile {
    let result = SubtreeFile(self, prefix: key + ".")
    guard !result.entries.isEmpty else {
      let tops = Set(names.compactMap { $0.split(separator: ".").first.map(String.init) })
      throw FileError(
        file: file, at: .key(key), problem: "there are no tensors below this key",
        help: "the keys at the top are " + tops.sorted().prefix(20).joined(separator: ", "))
    }
    return result
  }

  /// The weights of the model, where the file is a checkpoint that holds more: the container `state_dict`, `model_state_dict`,
  /// `model_state`, `model` or the like, without a prefix `module.` that all names have in common (from data-parallel training).
  public func stateDict() -> any WeightFile {
    var result: any WeightFile = self
    let known = [
      "state_dict", "model_state_dict", "model_state", "model", "net", "network", "params_ema", "params", "weights",
    ]
    if let key = known.first(where: containers.contains) { result = SubtreeFile(self, prefix: key + ".") }
    if !result.entries.isEmpty, result.names.allSatisfy({ $0.hasPrefix("module.") }) {
      result = SubtreeFile(result, prefix: "module.")
    }
    return result
  }
}
