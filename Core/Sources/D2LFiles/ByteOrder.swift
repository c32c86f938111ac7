/// Order of the bytes of a number in a file.
public enum ByteOrder: Hashable, Sendable {
  /// Least significant byte first: zip, safetensors, and nearly all of today's files.
  case little
  /// Most significant byte first: IDX, PNG.
  case big
}

extension FixedWidthInteger {
  /// The integer that the first bytes of `bytes` spell. The caller has checked that there are enough of them.
  init(_ bytes: UnsafeRawBufferPointer, _ order: ByteOrder) {
    let raw = bytes.loadUnaligned(as: Self.self)
    self = order == .little ? Self(littleEndian: raw) : Self(bigEndian: raw)
  }
}
