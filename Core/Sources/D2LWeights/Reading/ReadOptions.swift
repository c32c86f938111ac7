import D2LFiles

/// How files of weights are opened.
public struct ReadOptions: Sendable {
  /// Whether tensors may stay in the mapped file, without a copy, until they are changed.
  ///
  /// It makes opening a file of gigabytes a matter of milliseconds. The file must then stay as it is for as long as its
  /// tensors are used: a page that another program cuts away ends the process. With false every tensor is copied, a file
  /// that shrinks meanwhile is an error, and the checksums of zip archives are compared (in place only that of the pickle is).
  public var borrowsMappedMemory: Bool
  /// Most bytes that a compressed file may unpack to, that one tensor may take, and that all may take together in
  /// ``WeightFile/readAll()``; nil for four times the size of the file and 64 MiB. What is in a file can be listed whatever it would take.
  public var unpackedLimit: Int?

  /// Mapped memory is used, and files are not trusted to unpack to more than their size makes likely, unless told otherwise.
  public init(borrowsMappedMemory: Bool = true, unpackedLimit: Int? = nil) {
    self.borrowsMappedMemory = borrowsMappedMemory
    self.unpackedLimit = unpackedLimit
  }

  /// The bytes that `source` may unpack to.
  func unpackedLimit(for source: any ByteSource) -> Int { unpackedLimit ?? source.memoryLimit }
}
