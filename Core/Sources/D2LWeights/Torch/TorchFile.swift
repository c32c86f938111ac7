import D2LFiles
import D2LTensor

/// A file that `torch.save` wrote, of any age: `.pt`, `.pth`, `.bin`, `.th`, `.params`.
///
/// Formats: PyTorch, `torch/serialization.py`. Since 1.6 a zip archive of a pickle and one member per storage, which is read in place;
/// before, a stream of pickles with the storages behind them; at the very first, a tar archive. The pickle is read by a
/// restricted reader that can build data and run nothing.
public struct TorchFile: TableFile {
  let table: TensorTable
  /// Which of the three containers it is.
  public let format: WeightFormat
  /// Numbers, text and what else stands beside the tensors, by the path of its keys.
  public let metadata: [String: String]

  /// Paths of the dictionaries and lists inside the outermost that hold tensors.
  public let containers: [String]

  /// Opens the file at `path`.
  ///
  /// Throws if it cannot be read, is of none of the three kinds, is damaged, or asks for anything that is not data.
  public init(_ path: String, options: ReadOptions = ReadOptions()) throws(FileError) {
    let source = try MappedFile(path)
    switch try Sniffer.format(of: source, path: path) {
    case .torchZip: try self.init(zip: ZipArchive(source), options: options)
    case .torchTar: try self.init(tar: source, options: options)
    default: try self.init(legacy: source, options: options)
    }
  }

  init(_ content: TorchContent, format: WeightFormat) {
    table = content.table
    metadata = content.metadata
    containers = content.containers
    self.format = format
  }
}
