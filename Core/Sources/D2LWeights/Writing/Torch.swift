import D2LFiles
import D2LTensor

/// Writing files that `torch.load` reads, with `weights_only=True` too.
public enum Torch {
  /// Writes `tensors` as the file at `path`, whole or not at all: a dictionary of tensors in PyTorch's zip container.
  ///
  /// Tensors that share memory are written once and stay tied. With `metadata` the dictionary has two members, `state_dict`
  /// and `metadata`; without it, it is the state dict itself.
  public static func write(
    _ tensors: NamedTensors, metadata: [String: String] = [:], to path: String
  ) throws(FileError) {
    try write(tensors.stored, metadata: metadata, to: path)
  }

  static func write(_ tensors: [StoredTensor], metadata: [String: String], to path: String) throws(FileError) {
    var pickle = Pickler()
    var storages: [StoredTensor] = []
    pickle.begin()
    if metadata.isEmpty {
      add(tensors, to: &pickle, &storages)
    } else {
      pickle.openDictionary()
      pickle.add("state_dict")
      add(tensors, to: &pickle, &storages)
      pickle.add("metadata")
      pickle.openDictionary()
      for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
        pickle.add(key)
        pickle.add(value)
      }
      pickle.closeDictionary()
      pickle.closeDictionary()
    }
    pickle.end()
    try writeAtomically(to: path) { file throws(FileError) in
      // PyTorch names the folder after the file; any name will do.
      let zip = ZipWriter(file, alignment: 64)
      try zip.add("archive/data.pkl", pickle.bytes)
      try zip.add("archive/byteorder", Array("little".utf8))
      for (index, tensor) in storages.enumerated() {
        try tensor.withBytes { bytes throws(FileError) in try zip.add("archive/data/\(index)", bytes) }
      }
      try zip.add("archive/version", Array("3\n".utf8))
      try zip.finish()
    }
  }

  /// One storage for each tensor that is not tied to an earlier one.
  private static func add(_ tensors: [StoredTensor], to pickle: inout Pickler, _ storages: inout [StoredTensor]) {
    var known: [String: Int] = [:]
    pickle.openDictionary()
    for tensor in tensors {
      let index = tensor.tiedTo.flatMap { known[$0] } ?? storages.count
      if index == storages.count { storages.append(tensor) }
      known[tensor.name] = index
      pickle.add(tensor.name)
      pickle.add(tensor: tensor, storage: index)
    }
    pickle.closeDictionary()
  }
}

/// Writes the few instructions of pickle protocol 2 that a dictionary of tensors takes.
private struct Pickler {
  private(set) var bytes: [UInt8] = []

  private mutating func emit(_ instruction: Unicode.Scalar) {
    bytes.append(UInt8(truncatingIfNeeded: instruction.value))
  }

  private mutating func emit<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func begin() { bytes += [0x80, 2] }
  mutating func end() { emit(".") }

  mutating func openDictionary() { bytes += Array("}(".utf8) }
  mutating func closeDictionary() { emit("u") }

  mutating func add(_ text: String) {
    emit("X")
    emit(UInt32(text.utf8.count))
    bytes += Array(text.utf8)
  }

  mutating func add(_ number: Int) {
    if let small = Int32(exactly: number) {
      emit("J")
      emit(small)
    } else {
      bytes += [0x8a, 8]
      emit(Int64(number))
    }
  }

  private mutating func addGlobal(_ module: String, _ name: String) { bytes += Array("c\(module)\n\(name)\n".utf8) }

  private mutating func add(_ numbers: [Int]) {
    emit("(")
    for number in numbers { add(number) }
    emit("t")
  }

  /// `_rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())`, the storage by its persistent id. Types without a storage of their
  /// own are bytes, and the type is a seventh argument of `_rebuild_tensor_v3`.
  mutating func add(tensor: StoredTensor, storage: Int) {
    let typed = PickleGlobal.storageName(of: tensor.dtype)
    addGlobal("torch._utils", typed == nil ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2")
    emit("(")
    emit("(")
    add("storage")
    if let typed { addGlobal("torch", typed) } else { addGlobal("torch.storage", "UntypedStorage") }
    add(String(storage))
    add("cpu")
    add(typed == nil ? tensor.byteCount : tensor.shape.elementCount)
    emit("t")
    emit("Q")
    add(0)
    add(Array(tensor.shape))
    var strides: [Int] = []
    var step = 1
    for size in tensor.shape.reversed() {
      strides.append(step)
      step *= max(size, 1)
    }
    add(strides.reversed())
    emit("\u{89}")
    addGlobal("collections", "OrderedDict")
    emit(")")
    emit("R")
    if typed == nil { addGlobal("torch", tensor.dtype.rawValue) }
    emit("t")
    emit("R")
  }
}
