import D2LFiles

/// A part of a source as a source of its own.
struct ByteSlice: ByteSource {
  let base: any ByteSource
  let range: Range<Int>

  var file: String { base.file }
  var count: Int { range.count }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
    let inside = try checkedRange(at: offset, count: buffer.count)
    try base.read(at: range.lowerBound + inside.lowerBound, into: buffer)
  }
}
