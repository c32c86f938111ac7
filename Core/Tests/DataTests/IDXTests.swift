import D2LData
import D2LFiles
import D2LTensor
import D2LTestSupport
import Foundation
import Testing

/// IDX files, sound and otherwise.
@Suite struct IDXTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// An IDX file of unsigned bytes: magic number, sizes, elements.
  private func idx(magic: UInt32? = nil, _ sizes: [UInt32], _ elements: [UInt8]) -> [UInt8] {
    ([magic ?? 0x0800 + UInt32(sizes.count)] + sizes).flatMap { number in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    } + elements
  }

  private func error(_ bytes: [UInt8], rank: Int) throws -> FileError {
    try #require(throws: FileError.self) { try IDX.parse(bytes, file: "some.idx", rank: rank) }
  }

  @Test func readsPlainAndGzipped() throws {
    let bytes = idx([2, 2, 3], Array(1...12))
    let plain = folder.file("plain")
    let packed = folder.file("packed.gz")
    try Data(bytes).write(to: URL(filePath: plain))
    try Data(Gzip.compress(bytes)).write(to: URL(filePath: packed))
    for path in [plain, packed] {
      let array = try IDX.read(path: path, rank: 3)
      #expect(array.shape == [2, 2, 3])
      #expect(array.values == Array(1...12))
    }
  }

  @Test func emptyArraysAreArrays() throws {
    #expect(try IDX.parse(idx([0, 28, 28], []), file: "f", rank: 3).shape == [0, 28, 28])
  }

  @Test func wrongMagicNumber() throws {
    let found = try error(idx(magic: 0x0801, [2, 2, 3], Array(1...12)), rank: 3)
    #expect(found.file == "some.idx" && found.place == .byte(0))
    #expect(found.problem.contains("2049") && found.problem.contains("2051"))
    #expect(try error(idx(magic: 0x0D03, [1, 1, 1], [1]), rank: 3).problem.contains("magic number"))
  }

  @Test func countsLargerThanTheFile() throws {
    for sizes: [UInt32] in [[2, 2, 4], [3, 2, 3], [.max, .max, .max], [1, 1 << 31, 1 << 31]] {
      let found = try error(idx(sizes, Array(1...12)), rank: 3)
      #expect(found.file == "some.idx")
      #expect(found.help?.contains("truncated") == true, "\(found)")
    }
  }

  @Test func everyTruncationIsFound() throws {
    let whole = idx([2, 2, 3], Array(1...12))
    for length in 0..<whole.count {
      #expect(try error(Array(whole.prefix(length)), rank: 3).file == "some.idx", "\(length) bytes")
    }
    #expect(try error(whole + [0], rank: 3).problem.contains("13 bytes of elements where the header says 12"))
  }

  @Test func truncatedAndCorruptedGzip() throws {
    let path = folder.file("images.gz")
    let packed = try Gzip.compress(idx([40, 5, 5], (0..<1000).map { UInt8(truncatingIfNeeded: $0 * $0) }))
    var flipped = packed
    flipped[packed.count / 2] ^= 0x10
    for damaged in [Array(packed.prefix(packed.count / 2)), Array(packed.dropLast()), flipped] {
      try Data(damaged).write(to: URL(filePath: path))
      let found = try #require(throws: FileError.self) { try IDX.read(path: path, rank: 3) }
      #expect(found.file == path)
    }
  }

  @Test func missingFile() throws {
    let found = try #require(throws: FileError.self) { try IDX.read(path: folder.file("none.gz"), rank: 3) }
    #expect(found.file == folder.file("none.gz"))
    #expect(found.problem.contains("No such file"))
  }

  // MARK: Pairs of images and labels

  private func dataset(_ images: [UInt8], _ labels: [UInt8]) throws -> ImageDataset {
    try Data(images).write(to: URL(filePath: folder.file("images")))
    try Data(labels).write(to: URL(filePath: folder.file("labels")))
    return try ImageDataset(
      idxImages: folder.file("images"), labels: folder.file("labels"), classNames: ["no", "yes"])
  }

  @Test func pairsBecomeADataset() throws {
    let set = try dataset(idx([2, 1, 3], [0, 51, 255, 255, 0, 0]), idx([2], [1, 0]))
    #expect(set.count == 2)
    #expect(set.images.shape == [2, 1, 1, 3])
    var generator = RandomGenerator(seed: 0)
    let batch = set.batch([1, 0], using: &generator)
    #expect(batch.labels.values == [0, 1])
    #expect(batch.inputs.shape == [2, 1, 1, 3])
    #expect(mismatch(batch.inputs.values.map { Double($0) }, [1, 0, 0, 0, 0.2, 1]) == nil)
  }

  @Test func differentCounts() throws {
    let found = try #require(throws: FileError.self) { try dataset(idx([2, 1, 1], [1, 2]), idx([3], [0, 1, 0])) }
    #expect(found.file == folder.file("labels"))
    #expect(found.problem.contains("3 labels for the 2 images of \(folder.file("images"))"))
  }

  @Test func labelsOutOfRange() throws {
    let found = try #require(throws: FileError.self) { try dataset(idx([3, 1, 1], [1, 2, 3]), idx([3], [0, 1, 2])) }
    #expect(found.file == folder.file("labels"))
    #expect(found.place == .byte(10))
    #expect(found.problem.contains("label 2 of example 2"))
  }
}
