import D2LFiles
import D2LTensor
import Foundation

extension Weights {
  /// Writes `tensors` as the file at `path`, whole or not at all; the extension says in which format: `safetensors`, `pt`, `pth`,
  /// `bin`, `npz`, or `npy` for one array.
  ///
  /// Throws if the format is not one of these, or if it has no place for the metadata given.
  public static func write(
    _ tensors: NamedTensors, metadata: [String: String] = [:], to path: String
  ) throws(FileError) {
    let kind = (path as NSString).pathExtension.lowercased()
    if !metadata.isEmpty, kind == "npy" || kind == "npz" {
      throw FileError(
        file: path, problem: "NumPy's formats have no place for metadata", help: "leave it out, or write safetensors")
    }
    switch kind {
    case "safetensors": try Safetensors.write(tensors, metadata: metadata, to: path)
    case "pt", "pth", "bin": try Torch.write(tensors, metadata: metadata, to: path)
    case "npz": try Npz.write(tensors, to: path)
    case "npy":
      guard tensors.count == 1, let (_, tensor) = tensors.first else {
        throw FileError(file: path, problem: "a .npy file holds one array, not \(tensors.count)", help: "write .npz")
      }
      try Npy.write(tensor, to: path)
    default:
      throw FileError(
        file: path, problem: "\"\(kind)\" is not the extension of a format that is written",
        help: "use .safetensors, .pt, .pth, .bin, .npz or .npy")
    }
  }

  /// Writes `tensors` as the file at `url`, which must be one of this machine's.
  public static func write(
    _ tensors: NamedTensors, metadata: [String: String] = [:], to url: URL
  ) throws(FileError) {
    try write(tensors, metadata: metadata, to: url.path)
  }
}
