import D2LFiles
import D2LTensor
import Foundation

/// Tensors spread over several files, with an index that says where each is: `model.safetensors.index.json` and
/// `pytorch_model.bin.index.json`.
///
/// Format: Hugging Face transformers, "Sharded checkpoints". A JSON object whose `weight_map` gives the file name for every
/// tensor; the files lie beside the index.
public struct ShardedFile: WeightFile {
  /// The path of the index.
  public let file: String
  /// The format of the parts.
  public let format: WeightFormat
  /// The tensors in the order of the index.
  public let entries: [WeightEntry]
  /// What the index has under `metadata`, and what the parts say.
  public let metadata: [String: String]

  private let shards: [String: any WeightFile]
  private let shardNames: [String: String]
  private let positions: [String: Int]

  /// The longest index that is read.
  static let indexLimit = 256 << 20

  /// Opens the index at `path` and the files that it names.
  ///
  /// Throws if one is missing or damaged, or if index and files disagree about what there is.
  public init(_ path: String, options: ReadOptions = ReadOptions()) throws(FileError) {
    let source = try MappedFile(path)
    guard source.count <= Self.indexLimit else {
      throw FileError(file: path, problem: "an index of \(source.count) bytes; at most \(Self.indexLimit) are read")
    }
    let json = try JSONParser.parse(source.allBytes(), file: path, memoryLimit: source.memoryLimit / 2)
    guard let map = json["weight_map"]?.members else {
      throw FileError(
        file: path, problem: "the JSON has no \"weight_map\"", help: "this is not an index of weight files")
    }
    let folder = (path as NSString).deletingLastPathComponent
    var shards: [String: any WeightFile] = [:]
    var entries: [WeightEntry] = []
    var shardNames: [String: String] = [:]
    var metadata: [String: String] = [:]
    for (name, value) in map {
      guard let shard = value.text, !shard.isEmpty, !shard.hasPrefix("."), !shard.contains("/"), !shard.utf8.contains(0)
      else {
        throw FileError(file: path, at: .key(name), problem: "the index gives no plain file name for this tensor")
      }
      let opened: any WeightFile
      if let known = shards[shard] {
        opened = known
      } else {
        let shardPath = (folder as NSString).appendingPathComponent(shard)
        opened = try Weights.openSingle(shardPath, options: options)
        shards[shard] = opened
        metadata.merge(opened.metadata) { first, _ in first }
      }
      guard let entry = opened.entry(named: name) else { throw missing(name, among: opened.names, in: opened.file) }
      entries.append(entry)
      shardNames[name] = shard
    }
    for shard in shards.values {
      if let extra = shard.names.first(where: { shardNames[$0] == nil }) {
        throw FileError(
          file: shard.file, at: .key(extra), problem: "this tensor is not in the index \(path)",
          help: "index and files are of different versions; get both again")
      }
    }
    for (key, value) in json["metadata"]?.members ?? [] { metadata[key] = value.description }
    self.file = path
    self.format = shards.values.first?.format ?? .safetensors
    self.entries = entries
    self.metadata = metadata
    self.shards = shards
    self.shardNames = shardNames
    self.positions = Dictionary(uniqueKeysWithValues: zip(entries.map(\.name), entries.indices))
  }

  /// What all parts together may take.
  public var memoryLimit: Int {
    shards.values.reduce(0) { sum, shard in
      let (result, overflow) = sum.addingReportingOverflow(shard.memoryLimit)
      return overflow ? .max : result
    }
  }

  /// The entry with this name, if there is one.
  public func entry(named name: String) -> WeightEntry? { positions[name].map { entries[$0] } }

  /// Reads one tensor from the part that holds it.
  public func tensor(named name: String) throws(FileError) -> AnyTensor { try shard(of: name).tensor(named: name) }

  /// Reads the stored elements of one tensor from the part that holds it.
  public func bytes(named name: String) throws(FileError) -> [UInt8] { try shard(of: name).bytes(named: name) }

  private func shard(of name: String) throws(FileError) -> any WeightFile {
    guard let shard = shardNames[name].flatMap({ shards[$0] }) else { throw missing(name, among: names, in: file) }
    return shard
  }
}

extension JSONValue: CustomStringConvertible {
  /// The value as it would be written, strings without quotes.
  var description: String {
    switch self {
    case .null: "null"
    case .bool(let value): String(value)
    case .integer(let value): String(value)
    case .number(let value): String(value)
    case .string(let text): text
    case .array(let elements): "[" + elements.map(\.description).joined(separator: ", ") + "]"
    case .object(let members): "{" + members.map { $0.key + ": " + $0.value.description }.joined(separator: ", ") + "}"
    }
  }
}
