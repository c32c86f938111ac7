import D2LFiles
import D2LTensor
import Foundation

/// Opening and writing files of weights, whatever their format.
///
/// ```swift
/// let file = try Weights.open("resnet18.pth")
/// try Weights.write(file.readAll(), metadata: ["source": "torchvision"], to: "resnet18.safetensors")
/// ```
public enum Weights {
  /// Opens the file at `path`. What is in it decides about the format, its name only where the content leaves it open.
  ///
  /// Throws if the file cannot be read, is of no known format, or is damaged.
  public static func open(_ path: String, options: ReadOptions = ReadOptions()) throws(FileError) -> any WeightFile {
    if try isIndex(path) { return try ShardedFile(path, options: options) }
    return try openSingle(path, options: options)
  }

  /// Opens the file at `url`, which must be one of this machine's.
  public static func open(_ url: URL, options: ReadOptions = ReadOptions()) throws(FileError) -> any WeightFile {
    try open(url.path, options: options)
  }

  private static func isIndex(_ path: String) throws(FileError) -> Bool {
    let source = try MappedFile(path)
    let start = try source.bytes(in: 0..<min(source.count, 64))
    let first = start.first { !($0 == 0x20 || $0 == 0x0a || $0 == 0x0d || $0 == 0x09) }
    return first == UInt8(ascii: "{") && path.hasSuffix(".json")
  }

  /// Opens a file that is no index.
  static func openSingle(_ path: String, options: ReadOptions) throws(FileError) -> any WeightFile {
    let source = try MappedFile(path)
    switch try Sniffer.format(of: source, path: path) {
    case .safetensors: return try SafetensorsFile(source, options: options)
    case .torchZip: return try TorchFile(zip: ZipArchive(source), options: options)
    case .torchLegacy: return try TorchFile(legacy: source, options: options)
    case .torchTar: return try TorchFile(tar: source, options: options)
    case .npy: return try NpyFile(source, options: options)
    case .npz: return try NpzFile(ZipArchive(source), options: options)
    case .mxnet: return try MXNetFile(source, options: options)
    case .onnx: return try OnnxFile(source, options: options)
    case .fastTextBinary: return try FastTextFile(source, options: options)
    case .word2vecBinary:
      let content = try Sniffer.unpacked(source, options)
      return WordVectorFile(try Word2VecBinary.read(content), file: path, format: .word2vecBinary)
    case .vectorText:
      return WordVectorFile(try VectorText.read(Sniffer.stream(source, options)), file: path, format: .vectorText)
    }
  }
}
