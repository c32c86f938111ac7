import D2LFiles
import D2LTensor
import Foundation

extension Safetensors {
  /// Writes tensors as several files with an index, as Hugging Face's transformers has large models: `model.safetensors.index.json`
  /// beside `model-00001-of-00003.safetensors` and on.
  ///
  /// The parts are written first, then the index: an index that exists has all its parts.
  ///
  /// - Parameters:
  ///   - tensors: what is written.
  ///   - metadata: what every part says of itself.
  ///   - path: the index, which must end with `.safetensors.index.json`.
  ///   - partSize: most bytes of tensors in one file; one tensor alone may have more.
  public static func write(
    _ tensors: NamedTensors, metadata: [String: String] = [:], toIndex path: String, partSize: Int = 5_000_000_000
  ) throws(FileError) {
    try write(tensors.stored, metadata: metadata, toIndex: path, partSize: partSize)
  }

  /// The end of an index's name.
  static let indexExtension = ".safetensors.index.json"

  static func write(
    _ tensors: [StoredTensor], metadata: [String: String], toIndex path: String, partSize: Int
  ) throws(FileError) {
    guard path.hasSuffix(indexExtension), let name = path.split(separator: "/").last?.dropLast(indexExtension.count)
    else {
      throw FileError(
        file: path, problem: "the name of an index ends with \(indexExtension)", help: "as model\(indexExtension)")
    }
    let parts = parts(of: tensors, partSize: partSize)
    let folder = (path as NSString).deletingLastPathComponent
    var members: [String] = []
    for (index, part) in parts.enumerated() {
      func padded(_ number: Int) -> String {
        String(repeating: "0", count: max(0, 5 - String(number).count)) + String(number)
      }
      let file = "\(name)-\(padded(index + 1))-of-\(padded(parts.count)).safetensors"
      try write(part, metadata: metadata, to: (folder as NSString).appendingPathComponent(file))
      members += part.map { "    \(jsonText($0.name)): \(jsonText(file))" }
    }
    let total = tensors.reduce(0) { $0 + $1.byteCount }
    let text = """
      {
        "metadata": {
          "total_size": \(total)
        },
        "weight_map": {
      \(members.joined(separator: ",\n"))
        }
      }

      """
    try writeAtomically(text, to: path)
  }

  /// The tensors in their order, as many to a part as fit; at least one part.
  private static func parts(of tensors: [StoredTensor], partSize: Int) -> [[StoredTensor]] {
    var parts: [[StoredTensor]] = [[]]
    var size = 0
    for tensor in tensors {
      if size + tensor.byteCount > partSize, !parts[parts.count - 1].isEmpty {
        parts.append([])
        size = 0
      }
      parts[parts.count - 1].append(tensor)
      size += tensor.byteCount
    }
    return parts
  }
}
