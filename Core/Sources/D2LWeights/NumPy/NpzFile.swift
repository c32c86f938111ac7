import D2LFiles
import D2LTensor

/// A `.npz` file: a zip archive of `.npy` members, stored (read in place) or deflated.
public struct NpzFile: TableFile {
  let table: TensorTable
  /// What cannot be a tensor, arrays of text or objects, by name and type.
  public let metadata: [String: String]
  /// Always ``WeightFormat/npz``.
  public var format: WeightFormat { .npz }

  /// Opens the file at `path`.
  ///
  /// Throws if it cannot be read, is not a zip archive, or has members that are no arrays.
  public init(_ path: String, options: ReadOptions = ReadOptions()) throws(FileError) {
    try self.init(ZipArchive(path: path), options: options)
  }

  init(_ archive: ZipArchive, options: ReadOptions) throws(FileError) {
    let file = archive.source.file
    var table = TensorTable(archive.source, options: options)
    var metadata: [String: String] = [:]
    for member in archive.entries where !member.isFolder {
      guard member.name.hasSuffix(".npy") else {
        throw FileError(
          file: file, at: .key(member.name), problem: "not a .npy member", help: "this is not a .npz file")
      }
      let name = String(member.name.dropLast(4))
      let stream = try archive.stream(of: member)
      let header = try NpyHeader(file: file) { count throws(FileError) in try stream.bytes(count) }
      guard header.type != nil else {
        metadata[name] = "array of type '\(header.descr)', which is no tensor"
        continue
      }
      guard header.dataOffset <= member.size else {
        throw FileError(file: file, at: .key(name), problem: "the header is longer than the member")
      }
      let place = try Self.place(of: member, in: archive, from: header.dataOffset, options)
      try table.add(name, header.slot(in: place, key: name, file: file))
    }
    self.table = table
    self.metadata = metadata
  }

  private static func place(
    of member: ZipEntry, in archive: ZipArchive, from offset: Int, _ options: ReadOptions
  ) throws(FileError) -> TensorSlot.Place {
    if member.method == .stored, options.borrowsMappedMemory {
      let range = try archive.range(ofStored: member)
      return .stored(archive.source, (range.lowerBound + offset)..<range.upperBound)
    }
    return .packed(byteCount: member.size - offset) { () throws(FileError) in
      let content = try archive.stream(of: member)
      try content.skip(offset)
      return content
    }
  }
}
