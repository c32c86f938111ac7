import D2LFiles
import D2LTensor
import D2LWeights
import Foundation
import Testing

/// Files that ask for memory or time out of proportion to their size: four times the size and 64 MiB are the bound.
@Suite struct HostileFilesTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

  private func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// The error of a PyTorch file with this pickle and one storage of `storage` zeros.
  private func refusal(of pickle: [UInt8], storage: Int = 4, _ location: SourceLocation = #_sourceLocation) -> FileError
  {
    fileError(location) {
      let members = [("a/data.pkl", pickle), ("a/data/0", [UInt8](repeating: 0, count: storage))]
      return try Weights.open(scratch.file("x.pt", ZipWriter.archive(members, .stored)))
    }
  }

  /// A text of `count` letters, put into place 0 of the memo and taken off the stack.
  private func longText(_ count: Int) -> [UInt8] {
    ascii("X") + little(count, 4) + [UInt8](repeating: 0x61, count: count) + [0x71, 0, 0x30]
  }

  @Test func aTextThatIsNamedAgainAndAgainIsRefused() {
    // A tuple of 50,000 times the same 100,000 letters: 5 GB of metadata in 200 KB.
    let again = (0..<50_000).flatMap { _ in [UInt8(ascii: "h"), 0] }
    let error = refusal(of: longText(100_000) + ascii("}U\u{1}k(") + again + ascii("ts."))
    #expect(
      error.problem.contains("more text than the size of the file allows") && error.place == .key("k"), "\(error)")
  }

  @Test func aLongKeyAboveManyValuesIsRefused() {
    // Every item of the list is named by its path, the key of 100,000 letters before it.
    let items = (0..<50_000).flatMap { _ in ascii("}") }
    let error = refusal(of: longText(100_000) + ascii("}h\u{0}](") + items + ascii("es."))
    #expect(error.problem.contains("more text than the size of the file allows"), "\(error)")
    #expect(error.description.utf8.count < 2_000)
  }

  @Test func bytesThatAreMadeAgainAndAgainAreRefused() {
    // _codecs.encode(text, "latin1"), 20,000 times.
    let call = ascii("h\u{1}h\u{0}U\u{6}latin1") + [0x86] + ascii("R")
    let pickle =
      longText(100_000) + ascii("c_codecs\nencode\nq\u{1}0(") + (0..<20_000).flatMap { _ in call } + ascii("t.")
    #expect(refusal(of: pickle).problem.contains("more values than the size of the file allows"))
  }

  @Test func sizesOfMoreDimensionsThanThereAreAreRefusedAtOnce() {
    // A hundred thousand sizes, named by every one of ten thousand tensors.
    let sizes = ascii("(") + (0..<100_000).flatMap { _ in ascii("K\u{1}") } + ascii("tq\u{5}0")
    let storage = ascii("(U\u{7}storagectorch\nFloatStorage\nU\u{1}0U\u{3}cpuK\u{1}tQq\u{6}0")
    let start = ContinuousClock.now
    let call = ascii("ctorch._utils\n_rebuild_tensor_v2\n(h\u{6}K\u{0}h\u{5}h\u{5}") + [0x89] + ascii("NtR")
    let error = refusal(of: sizes + storage + ascii("(") + (0..<10_000).flatMap { _ in call } + ascii("t."))
    #expect(error.problem.contains("a tensor without storage, offset, size and stride"), "\(error)")
    #expect(ContinuousClock.now - start < .seconds(2))
  }

  @Test func viewsOfTheSameBytesMayNotAskForMoreThanTheFileJustifies() throws {
    // A megabyte of storage, and views of it that begin at every element: 200 MB in all.
    let storage =
      ascii("(U\u{7}storagectorch\nFloatStorage\nU\u{1}0U\u{3}cpuJ") + little(1 << 18, 4) + ascii("tQq\u{6}0")
    let views = (0..<200).flatMap { index -> [UInt8] in
      ascii("ctorch._utils\n_rebuild_tensor_v2\n(h\u{6}K") + [UInt8(index)] + ascii("(J") + little((1 << 18) - 200, 4)
        + ascii("t(K\u{1}t") + [0x89] + ascii("NtR")
    }
    let members = [
      ("a/data.pkl", storage + ascii("(") + views + ascii("t.")), ("a/data/0", [UInt8](repeating: 0, count: 1 << 20)),
    ]
    let file = try Weights.open(scratch.file("x.pt", ZipWriter.archive(members, .stored)))
    #expect(file.entries.count == 200)
    #expect(try file.tensor(named: "7").count == (1 << 18) - 200)
    let error = fileError { try file.readAll() }
    #expect(
      error.problem.contains("the limit for the file is") && error.help?.contains("unpackedLimit") == true, "\(error)")
  }

  @Test func whatUnpacksToMoreThanTheFileJustifiesIsRefusedUnlessAskedFor() throws {
    let path = scratch / "zeros.npz"
    try Npz.write(["zeros": Tensor<UInt8>(zeros: [80 << 20]).erased], compressed: true, to: path)
    let error = fileError { try Weights.open(path).tensor(named: "zeros") }
    #expect(error.place == .key("zeros") && error.problem.contains("83886080 bytes"), "\(error)")
    let trusting = try Weights.open(path, options: ReadOptions(unpackedLimit: 100 << 20))
    #expect(try trusting.tensor(named: "zeros").shape == [80 << 20])
    // Text behind gzip is counted as it comes out.
    let spaces = try Gzip.compress(ascii("1 2\nword 1 2") + [UInt8](repeating: 0x0a, count: 80 << 20))
    let vectors = try scratch.file("spaces.vec.gz", spaces)
    #expect(fileError { try WordVectors(vectors) }.problem.contains("unpacks to more than the limit"))
  }

  @Test func aHeaderOfManyKeysTakesNoLongTime() throws {
    let keys = (0..<100_000).map { "'\($0)':1," }.joined()
    let header = ascii("{" + keys + "}")
    let bytes = [0x93] + ascii("NUMPY\u{2}\u{0}") + little(header.count, 4) + header
    let path = try scratch.file("x.npy", bytes)
    let start = ContinuousClock.now
    #expect(fileError { try Weights.open(path) }.problem.contains("not a dictionary of descr"))
    #expect(ContinuousClock.now - start < .seconds(2))
  }

  @Test func arraysWithoutContentAreLimitedByTheSizeOfTheFile() throws {
    let count = 200_000
    let bytes = little(0x112, 8) + little(0, 8) + little(count, 8) + [UInt8](repeating: 0, count: 4 * count + 8)
    let path = try scratch.file("x.params", bytes)
    #expect(fileError { try Weights.open(path) }.problem.contains("200000 arrays in a file of"))
  }

  @Test func aTarArchiveWithTwoMembersOfOneNameIsRefused() throws {
    let archive = try contents(fixture("tar.pt"))
    let size = try #require(Int(String(decoding: archive[124..<135], as: UTF8.self), radix: 8))
    let first = archive[..<(512 + (size + 511) / 512 * 512)]
    let path = try scratch.file("twice.pt", first + archive)
    #expect(fileError { try Weights.open(path) }.problem.contains("two members have this name"))
  }

  @Test(arguments: [
    #"{"a":{"dtype":"F32","shape":[1e999],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":["# + String(repeating: "0,", count: 900_000) + #"0],"data_offsets":[0,4]}}"#,
    "{" + (0..<300_000).map { "\"\($0)\":0" }.joined(separator: ",") + "}",
  ])
  func aHeaderOfTooManyOrTooLargeValuesIsRefused(_ header: String) throws {
    let path = try scratch.file("x.safetensors", little(header.utf8.count, 8) + ascii(header) + [0, 0, 0, 0])
    let error = fileError { try Weights.open(path) }
    #expect(error.problem.contains("too large") || error.problem.contains("more values than"), "\(error)")
    guard case .byte = error.place else {
      Issue.record("no offset: \(error)")
      return
    }
  }
}

/// Files that another program changes while they are read.
@Suite struct ChangingFilesTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Every format, cut between opening and reading: what can still be read is a value, the rest an error that says what happened.
  @Test(arguments: FuzzTests.fixtures) func aFileThatShrinksAfterOpeningIsAnErrorAndNoCrash(_ name: String) throws {
    let original = try contents(fixture(name))
    for borrows in [true, false] {
      let path = try scratch.file("\(borrows)-" + name, original)
      guard let file = try? Weights.open(path, options: ReadOptions(borrowsMappedMemory: borrows)) else { return }
      #expect(truncate(path, 1) == 0)
      for entry in file.entries {
        do throws(FileError) {
          // What was read whole when it was opened is not touched by the change.
          let tensor = try file.tensor(named: entry.name)
          #expect(file is WordVectorFile || entry.count == 0 || isInsidePickle(entry, file), "\(entry)")
          #expect(bytes(tensor).count == tensor.count * tensor.dtype.byteWidth)
        } catch {
          #expect(error.file == path)
          let isKnownOnlyByName = entry.dtypeInFile.loaded == nil && error.problem.contains("are not supported")
          #expect(
            isKnownOnlyByName || error.problem.contains("changed") || error.problem.contains("shorter"), "\(error)")
        }
      }
    }
  }

  /// Arrays of NumPy in a PyTorch file, and what a tar archive holds, are in memory once the file is open.
  private func isInsidePickle(_ entry: WeightEntry, _ file: any WeightFile) -> Bool {
    file.format == .torchTar || file.format == .torchZip || file.format == .torchLegacy
  }

  /// Another thread cuts the file and puts it back all the time.
  @Test func aFileThatChangesAllTheTimeGivesValuesOrErrors() throws {
    let path = scratch / "changing.safetensors"
    try Safetensors.write(
      [
        "flags": Tensor<Bool>(shape: [200_000], values: [Bool](repeating: true, count: 200_000)).erased,
        "w": Tensor<Float>(arange: 100_000).erased,
      ], to: path)
    let whole = try contents(path)
    let stop = Flag()
    let changing = Thread {
      while !stop.isSet {
        truncate(path, 0)
        guard let handle = FileHandle(forWritingAtPath: path) else { return }
        handle.write(Data(whole.prefix(whole.count / 2)))
        handle.write(Data(whole.suffix(whole.count - whole.count / 2)))
        try? handle.close()
      }
      stop.setFinished()
    }
    changing.start()
    var values = 0
    var errors = 0
    let end = ContinuousClock.now + .milliseconds(500)
    while ContinuousClock.now < end {
      for borrows in [true, false] {
        do throws(FileError) {
          let file = try Weights.open(path, options: ReadOptions(borrowsMappedMemory: borrows))
          for entry in file.entries { _ = try file.tensor(named: entry.name).shape }
          values += 1
        } catch {
          errors += 1
        }
      }
    }
    stop.set()
    while !stop.isFinished { Thread.sleep(forTimeInterval: 0.001) }
    #expect(errors > 0, "\(values) values")
  }
}

/// A flag between two threads.
private final class Flag: @unchecked Sendable {
  private let lock = NSLock()
  private var value = false
  private var finished = false

  var isSet: Bool { lock.withLock { value } }
  var isFinished: Bool { lock.withLock { finished } }
  func set() { lock.withLock { value = true } }
  func setFinished() { lock.withLock { finished = true } }
}
