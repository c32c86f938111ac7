import D2LFiles
import D2LTensor

/// Reading and writing `.npy` files.
public enum Npy {
  /// The array in the file at `path`.
  public static func read(_ path: String) throws(FileError) -> AnyTensor {
    try NpyFile(path).tensor(named: NpyFile.arrayName)
  }

  /// Writes `tensor` as the file at `path`, whole or not at all, with the same bytes as NumPy.
  public static func write(_ tensor: AnyTensor, to path: String) throws(FileError) {
    try write(StoredTensor(NpyFile.arrayName, tensor), to: path)
  }

  static func write(_ tensor: StoredTensor, to path: String) throws(FileError) {
    try writeAtomically(to: path) { file throws(FileError) in
      try file.write(NpyHeader.bytes(of: tensor.dtype, tensor.shape))
      try tensor.withBytes { bytes throws(FileError) in try file.write(bytes) }
    }
  }
}

/// Writing `.npz` files.
public enum Npz {
  /// Writes `tensors` as the file at `path`, whole or not at all.
  ///
  /// Throws if a name cannot be that of a zip member, as one with "..".
  public static func write(
    _ tensors: NamedTensors, compressed: Bool = false, to path: String
  ) throws(FileError) {
    try write(tensors.stored, compressed: compressed, to: path)
  }

  static func write(_ tensors: [StoredTensor], compressed: Bool = false, to path: String) throws(FileError) {
    try writeAtomically(to: path) { file throws(FileError) in
      let zip = ZipWriter(file, alignment: 64)
      for tensor in tensors {
        var content = NpyHeader.bytes(of: tensor.dtype, tensor.shape)
        content.reserveCapacity(content.count + tensor.byteCount)
        try tensor.withBytes { content.append(contentsOf: $0) }
        try zip.add(tensor.name + ".npy", content, compressed ? .deflated() : .stored)
      }
      try zip.finish()
    }
  }
}
