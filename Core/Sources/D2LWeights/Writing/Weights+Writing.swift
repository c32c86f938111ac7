import D2LFiles
import D2LTensor
import Foundation

/// A format that is written, as the extension of a path names it.
enum WritableFormat: String, CaseIterable {
  case safetensors, pt, pth, bin, npz, npy
  /// Several safetensors files and their index.
  case index = "index.json"

  init(_ path: String) throws(FileError) {
    if path.hasSuffix(Safetensors.indexExtension) {
      self = .index
      return
    }
    let kind = (path as NSString).pathExtension.lowercased()
    guard let format = WritableFormat(rawValue: kind) else {
      throw FileError(
        file: path, problem: "\"\(kind)\" is not the extension of a format that is written",
        help: "use .safetensors, .pt, .pth, .bin, .npz or .npy")
    }
    self = format
  }

  /// The element types that have a place in the format.
  var dtypes: Set<FileDType> {
    switch self {
    case .safetensors, .index: Set(FileDType.allCases.filter { $0.safetensorsCode != nil })
    case .pt, .pth, .bin: Set(FileDType.allCases)
    case .npz, .npy: Set(FileDType.allCases.filter { NpyHeader.code(of: $0) != nil })
    }
  }
}

extension Weights {
  /// Writes `tensors` as the file at `path`, whole or not at all; the extension says in which format: `safetensors`,
  /// `safetensors.index.json` (several files), `pt`, `pth`, `bin`, `npz`, or `npy` for one array.
  ///
  /// Throws if the format is not one of these, or if it has no place for the metadata given.
  public static func write(
    _ tensors: NamedTensors, metadata: [String: String] = [:], to path: String
  ) throws(FileError) {
    try write(tensors.stored, metadata: metadata, as: WritableFormat(path), to: path)
  }

  /// Writes `tensors` as the file at `url`, which must be one of this machine's.
  public static func write(
    _ tensors: NamedTensors, metadata: [String: String] = [:], to url: URL
  ) throws(FileError) {
    try write(tensors, metadata: metadata, to: url.path)
  }

  /// Writes the tensors of another file as the file at `path`, as is done with tensors in memory, one after the other. Element types stay as they
  /// are, half precision too, and tied tensors stay tied where the format can say it.
  ///
  /// Throws if the format has no place for an element type, even as the wider one that it is read as.
  ///
  /// - Parameters:
  ///   - file: the tensors.
  ///   - metadata: what the file says of itself.
  ///   - path: where to; its extension says in which format.
  ///   - partSize: most bytes of tensors in one of several files with an index.
  /// - Returns: the names of tensors that had to become wider, with both types.
  @discardableResult
  public static func write(
    contentsOf file: any WeightFile, metadata: [String: String] = [:], to path: String, partSize: Int = 5_000_000_000
  ) throws(FileError) -> [(name: String, from: FileDType, to: FileDType)] {
    let format = try WritableFormat(path)
    let kinds = format.dtypes
    var stored: [StoredTensor] = []
    var widened: [(name: String, from: FileDType, to: FileDType)] = []
    for entry in file.entries {
      let tensor = try StoredTensor(entry, of: file, for: kinds)
      if tensor.dtype != entry.dtypeInFile { widened.append((entry.name, entry.dtypeInFile, tensor.dtype)) }
      stored.append(tensor)
    }
    try write(stored, metadata: metadata, as: format, to: path, partSize: partSize)
    return widened
  }

  private static func write(
    _ tensors: [StoredTensor], metadata: [String: String], as format: WritableFormat, to path: String,
    partSize: Int = 5_000_000_000
  ) throws(FileError) {
    if !metadata.isEmpty, format == .npy || format == .npz {
      throw FileError(
        file: path, problem: "NumPy's formats have no place for metadata", help: "leave it out, or write safetensors")
    }
    switch format {
    case .safetensors: try Safetensors.write(tensors, metadata: metadata, to: path)
    case .index: try Safetensors.write(tensors, metadata: metadata, toIndex: path, partSize: partSize)
    case .pt, .pth, .bin: try Torch.write(tensors, metadata: metadata, to: path)
    case .npz: try Npz.write(tensors, to: path)
    case .npy:
      guard tensors.count == 1, let tensor = tensors.first else {
        throw FileError(file: path, problem: "a .npy file holds one array, not \(tensors.count)", help: "write .npz")
      }
      try Npy.write(tensor, to: path)
    }
  }
}
