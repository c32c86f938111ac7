import D2LFiles
import D2LTensor

/// A tensor as files hold it: of any element type that a file can state, its elements dense and little-endian.
///
/// What goes from file to file goes through this, so that half precision stays half precision.
struct StoredTensor: Sendable {
  let name: String
  let dtype: FileDType
  let shape: Shape
  /// The name of an earlier tensor that is the very same memory.
  let tiedTo: String?
  private let load: @Sendable () throws(FileError) -> Content

  /// The elements: of a type that tensors have, or as bytes.
  private enum Content {
    case tensor(AnyTensor)
    case bytes([UInt8])
  }

  var byteCount: Int { shape.elementCount * dtype.byteWidth }

  /// A tensor in memory.
  init(_ name: String, _ tensor: AnyTensor, tiedTo: String? = nil) {
    self.name = name
    self.tiedTo = tiedTo
    dtype = tensor.dtype.inFile
    shape = tensor.shape
    load = { () throws(FileError) in .tensor(tensor) }
  }

  /// A tensor in a file, read when it is written: as it is where `kinds` has its type, else as the tensor that it is read as.
  ///
  /// Throws if it can be neither.
  init(_ entry: WeightEntry, of file: any WeightFile, for kinds: Set<FileDType>) throws(FileError) {
    name = entry.name
    shape = entry.shape
    tiedTo = entry.tiedTo
    let name = entry.name
    if kinds.contains(entry.dtypeInFile) {
      dtype = entry.dtypeInFile
      load = { () throws(FileError) in
        entry.dtypeInFile.isLoadedAsIs ? .tensor(try file.tensor(named: name)) : .bytes(try file.bytes(named: name))
      }
    } else if let loaded = entry.dtypeInFile.loaded, kinds.contains(loaded.inFile) {
      dtype = loaded.inFile
      load = { () throws(FileError) in .tensor(try file.tensor(named: name)) }
    } else {
      throw FileError(
        file: file.file, at: .key(name), problem: "elements of type \(entry.dtypeInFile) have no place in this format",
        help: "write safetensors")
    }
  }

  /// Calls `body` with the elements.
  func withBytes(_ body: (UnsafeRawBufferPointer) throws(FileError) -> Void) throws(FileError) {
    switch try load() {
    case .tensor(let tensor): try tensor.withBytes(body)
    case .bytes(let bytes):
      let result = bytes.withUnsafeBytes { bytes -> Result<Void, FileError> in
        Result { () throws(FileError) in try body(bytes) }
      }
      try result.get()
    }
  }
}

extension NamedTensors {
  /// The tensors as files hold them. Those that are one dense piece of memory are tied to the first of them.
  var stored: [StoredTensor] {
    struct Memory: Hashable {
      var address: UInt
      var count: Int
      var dtype: DType
    }
    var first: [Memory: String] = [:]
    return map { name, tensor in
      guard tensor.isContiguous, tensor.count > 0 else { return StoredTensor(name, tensor) }
      let address = tensor.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
      let memory = Memory(address: address, count: tensor.count, dtype: tensor.dtype)
      let tied = first[memory]
      if tied == nil { first[memory] = name }
      return StoredTensor(name, tensor, tiedTo: tied)
    }
  }
}

extension AnyTensor {
  /// Calls `body` with the dense bytes; like `withUnsafeBytes`, with the error's type kept.
  func withBytes(_ body: (UnsafeRawBufferPointer) throws(FileError) -> Void) throws(FileError) {
    let result = withUnsafeBytes { bytes -> Result<Void, FileError> in
      Result { () throws(FileError) in try body(bytes) }
    }
    try result.get()
  }
}
