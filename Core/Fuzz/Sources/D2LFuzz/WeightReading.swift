import D2LFiles
import D2LTensor
@testable import D2LWeights

/// What every target of a weight format does with an input.
enum WeightReading {
  /// Opens the file twice, the tensors in the mapped file and as copies, and reads all there is.
  static func read(
    _ input: FuzzInput, as name: String, _ open: (String, ReadOptions) throws(FileError) -> any WeightFile
  ) throws(FileError) {
    let path = input.file(name)
    let borrowed = try open(path, ReadOptions())
    for entry in borrowed.entries { Harness.tolerating { () throws(FileError) in try readTensor(entry, borrowed) } }
    _ = borrowed.stateDict().names.count + borrowed.metadata.count
    let copied = try open(path, ReadOptions(borrowsMappedMemory: false))
    // Held all at once, as a model's weights are.
    for (_, tensor) in try copied.readAll() { touch(tensor) }
  }

  private static func readTensor(_ entry: WeightEntry, _ file: any WeightFile) throws(FileError) {
    let tensor = try file.tensor(named: entry.name)
    guard tensor.shape == entry.shape, tensor.dtype == entry.dtypeInFile.loaded else {
      fatalError("\(entry) is announced, \(tensor.dtype) of shape \(tensor.shape) comes")
    }
    touch(tensor)
  }

  /// Reads every byte; no bool may be another than 0 or 1.
  static func touch(_ tensor: AnyTensor) {
    let all = tensor.withUnsafeBytes { bytes in bytes.reduce(UInt8(0), |) }
    guard tensor.dtype != .bool || all <= 1 else { fatalError("a bool of \(all)") }
  }

  /// Tensors of every type, an empty one and a scalar among them.
  static var samples: NamedTensors {
    [
      "layers.0.weight": Tensor<Float>([[1.5, -2, .nan], [.infinity, 0, -0.0]]).erased,
      "layers.0.bias": Tensor<Double>([0.1, -1e300]).erased,
      "mask": Tensor<Bool>([true, false, true]).erased, "bytes": Tensor<UInt8>([0, 1, 255]).erased,
      "steps": Tensor<Int64>(-9_000_000_000).erased, "ids": Tensor<Int32>([[-1, 2]]).erased,
      "empty": Tensor<Float>(zeros: [0, 4]).erased,
    ]
  }

  /// The bytes of the file that `write` makes at a path.
  static func written(_ name: String, _ write: (String) throws -> Void) throws -> [UInt8] {
    let path = ScratchFolder.path + "/" + name
    try write(path)
    return try MappedFile(path).allBytes()
  }
}
