/// A member of a zip archive, as the central directory describes it and its local header confirms.
public struct ZipEntry: Hashable, Sendable {
  /// How the content is packed.
  public enum Method: Hashable, Sendable {
    /// As it is.
    case stored
    /// Deflate data.
    case deflated
    /// A method that this reader does not know, by its number; such members can be listed but not read.
    case other(UInt16)
  }

  /// Path inside the archive, with "/" between folders; checked not to lead out of the archive's folder.
  public let name: String
  /// How the content is packed.
  public let method: Method
  /// Number of bytes of the content.
  public let size: Int
  /// Number of bytes that the content takes in the archive.
  public let compressedSize: Int
  /// CRC-32 of the content.
  public let crc32: UInt32
  /// Whether a password would be needed; such members cannot be read.
  public let isEncrypted: Bool
  /// Where the packed content lies in the file. For a stored member these are the bytes of its content.
  public let dataRange: Range<Int>

  /// Whether this is a folder: its name ends with "/".
  public var isFolder: Bool { name.utf8.last == UInt8(ascii: "/") }
}
