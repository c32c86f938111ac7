import D2LFiles
import D2LTensor

/// What a file says of one of its tensors, known without reading the data.
public struct WeightEntry: Sendable, Hashable {
  /// The tensor's key.
  public var name: String
  /// The element type in the file; ``FileDType/loaded`` is that of the tensor.
  public var dtypeInFile: FileDType
  /// The sizes of the dimensions, outermost first.
  public var shape: Shape
  /// Size of the elements in the file.
  public var byteCount: Int
  /// The name of an earlier tensor that is the very same memory, as two layers that share a weight.
  public var tiedTo: String?

  /// How many elements there are.
  public var count: Int { shape.elementCount }
}

/// A file of named tensors, opened: what is in it is known and checked, the data is read tensor by tensor.
///
/// One protocol for all formats; ``Weights`` opens a file and finds out which it is.
///
/// ```swift
/// let file = try Weights.open("resnet18.pth")
/// for entry in file.entries { print(entry.name, entry.dtypeInFile, entry.shape) }
/// let kernel = try file.tensor(named: "conv1.weight")
/// ```
public protocol WeightFile: Sendable {
  /// The path, for messages.
  var file: String { get }
  /// Which format it is.
  var format: WeightFormat { get }
  /// What is in it, in the file's order.
  var entries: [WeightEntry] { get }
  /// What the file says beside its tensors.
  var metadata: [String: String] { get }
  /// Paths of the dictionaries and lists inside the file that hold tensors: `["state_dict"]`. None in most formats.
  var containers: [String] { get }
  /// Most bytes that all tensors may take together when they are read; see ``ReadOptions/unpackedLimit``.
  var memoryLimit: Int { get }
  /// The entry with this name, if there is one.
  func entry(named name: String) -> WeightEntry?
  /// Reads one tensor. Its data may stay where it is, in the mapped file, until it is changed.
  ///
  /// Throws if there is none of this name, if its element type is not supported, if it takes more memory than ``memoryLimit`` alone, or
  /// if the file changed or is damaged.
  func tensor(named name: String) throws(FileError) -> AnyTensor
  /// Reads the elements of one tensor as they are stored, of whatever type: dense, row-major, little-endian.
  ///
  /// Throws as ``tensor(named:)`` does, but for no element type.
  func bytes(named name: String) throws(FileError) -> [UInt8]
}

extension WeightFile {
  /// The bytes of the tensor, where the format has no types of its own.
  public func bytes(named name: String) throws(FileError) -> [UInt8] {
    try tensor(named: name).withUnsafeBytes { [UInt8]($0) }
  }

  /// The keys, in the file's order.
  public var names: [String] { entries.map(\.name) }

  /// No limit, where the tensors are in memory once the file is open.
  public var memoryLimit: Int { .max }

  /// All tensors, in the file's order. Tied ones share their memory.
  ///
  /// Throws as ``tensor(named:)`` does, and before reading any if all of them take more than ``memoryLimit``.
  public func readAll() throws(FileError) -> NamedTensors {
    // Many views of the same bytes let a small file ask for any amount.
    var memory = 0
    for entry in entries where entry.tiedTo == nil {
      let (sum, overflow) = memory.addingReportingOverflow(
        entry.count * (entry.dtypeInFile.loaded?.byteWidth ?? entry.dtypeInFile.byteWidth))
      memory = overflow ? .max : sum
      guard memory <= memoryLimit else { throw tooMuchMemory(memory, limit: memoryLimit, at: entry.name, in: file) }
    }
    var result = NamedTensors()
    for entry in entries {
      if let original = entry.tiedTo, let tensor = result[original] {
        result[entry.name] = tensor
      } else {
        result[entry.name] = try tensor(named: entry.name)
      }
    }
    return result
  }
}
