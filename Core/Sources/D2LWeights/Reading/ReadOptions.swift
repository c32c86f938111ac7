/// How files of weights are opened.
public struct ReadOptions: Sendable {
  /// Whether tensors may stay in the mapped file, without a copy, until they are changed.
  ///
  /// It makes opening a file of gigabytes a matter of milliseconds. The file must then stay as it is for as long as its
  /// tensors are used: a page that another program cuts away ends the process. With false every tensor is copied, a file
  /// that shrinks meanwhile is an error, and the checksums of zip archives are compared (in place only that of the pickle is).
  public var borrowsMappedMemory: Bool
  /// Most bytes that a compressed file or entry may unpack to.
  public var unpackedLimit: Int

  /// Mapped memory is used, and at most 8 GiB are unpacked, unless told otherwise.
  public init(borrowsMappedMemory: Bool = true, unpackedLimit: Int = 8 << 30) {
    self.borrowsMappedMemory = borrowsMappedMemory
    self.unpackedLimit = unpackedLimit
  }
}
