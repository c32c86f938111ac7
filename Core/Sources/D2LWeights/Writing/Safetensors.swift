import D2LFiles
import D2LTensor

/// Writing safetensors files.
public enum Safetensors {
  /// Writes `tensors` as the file at `path`, whole or not at all.
  ///
  /// The header lists the tensors in their order; the data holds wide elements before narrow ones, so that every tensor is
  /// aligned and can be read in place. The header is padded with spaces to a multiple of eight bytes.
  ///
  /// - Parameters:
  ///   - tensors: what is written.
  ///   - metadata: goes under `__metadata__`, sorted, so that equal contents give equal files.
  ///   - path: where to.
  public static func write(
    _ tensors: NamedTensors, metadata: [String: String] = [:], to path: String
  ) throws(FileError) {
    try write(tensors.stored, metadata: metadata, to: path)
  }

  static func write(
    _ tensors: [StoredTensor], metadata: [String: String], to path: String
  ) throws(FileError) {
    if tensors.contains(where: { $0.name == "__metadata__" }) {
      throw FileError(
        file: path, at: .key("__metadata__"), problem: "safetensors reserves this name", help: "choose another one")
    }
    let widest = tensors.indices.sorted {
      (-tensors[$0].dtype.byteWidth, $0) < (-tensors[$1].dtype.byteWidth, $1)
    }
    var ranges = [Range<Int>](repeating: 0..<0, count: tensors.count)
    var end = 0
    for index in widest {
      let start = end
      end += tensors[index].byteCount
      ranges[index] = start..<end
    }
    let header = header(of: tensors, ranges, metadata)
    try writeAtomically(to: path) { file throws(FileError) in
      try file.write(withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) })
      try file.write(header)
      for index in widest {
        try tensors[index].withBytes { bytes throws(FileError) in try file.write(bytes) }
      }
    }
  }

  private static func header(
    of tensors: [StoredTensor], _ ranges: [Range<Int>], _ metadata: [String: String]
  ) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { jsonText($0.key) + ":" + jsonText($0.value) }
      members.append("\"__metadata__\":{" + pairs.joined(separator: ",") + "}")
    }
    for (tensor, range) in zip(tensors, ranges) {
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      members.append(
        jsonText(tensor.name) + ":{\"dtype\":\"\(tensor.dtype.safetensorsCode ?? "")\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(range.lowerBound),\(range.upperBound)]}")
    }
    var bytes = Array(("{" + members.joined(separator: ",") + "}").utf8)
    bytes += [UInt8](repeating: UInt8(ascii: " "), count: (8 - bytes.count % 8) % 8)
    return bytes
  }
}

/// `text` as a JSON string.
func jsonText(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\u{0}"..<"\u{20}":
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
