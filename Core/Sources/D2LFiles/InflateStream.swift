/// Raw deflate data (RFC 1951), unpacked as it is read.
public final class InflateStream: ByteStream {
  /// Name of the compressed stream.
  public var file: String { input.stream.file }
  /// Number of compressed bytes taken so far. Beyond the end of the deflate data nothing is taken.
  public var compressedCount: Int { input.offset }

  private let input: BufferedInput
  private let inflater: Inflater
  private var isFinished = false

  /// Unpacks `stream`.
  public convenience init(_ stream: any ByteStream) throws(FileError) {
    try self.init(BufferedInput(stream))
  }

  init(_ input: BufferedInput) throws(FileError) {
    self.input = input
    inflater = try Inflater(file: input.stream.file)
  }

  /// Prepares for further deflate data behind the one that ended.
  func restart() {
    inflater.reset()
    isFinished = false
  }

  /// Reads on. Throws if the compressed data is damaged or ends too early.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    guard !buffer.isEmpty else { return 0 }
    while !isFinished {
      let hasInput = try input.fill()
      let (made, outcome) = try inflater.step(input, into: buffer)
      isFinished = outcome == .finished
      if made > 0 { return made }
      if !hasInput, !isFinished {
        throw FileError(
          file: file, at: .byte(input.offset), problem: "the compressed data ends too early",
          help: "the file is cut off; get it again")
      }
    }
    return 0
  }
}
