import D2LFiles
import D2LTestSupport
import D2LTraining
import Foundation
import Testing

/// Event files against those of TensorBoard's own library (Tools/Parity/tensorboard_events.py).
@Suite struct TensorBoardTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func bytesAreThoseOfTensorBoardsLibrary() throws {
    let start = Date(timeIntervalSince1970: 1_700_000_000.5)
    let events = try TensorBoardEvents(folder: folder.path, at: start)
    #expect(events.path == folder.file("events.out.tfevents.1700000000.d2l"))
    try events.write(["loss/train": 0.5, "loss/test": 0.75], step: 1, at: start + 1)
    try events.write(["accuracy/train": 0.1], step: 300, at: start + 300)
    let bytes = try Data(contentsOf: URL(filePath: events.path))
    let expected =
      "1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b35311032000000000000002419"
      + "56ec0900006040fc54d94110012a250a100a096c6f73732f74657374150000403f0a110a0a6c6f73732f747261696e150000"
      + "003ff96bb3a22500000000000000eabc36f3090000208bfc54d94110ac022a170a150a0e61636375726163792f747261696e"
      + "15cdcccc3d66326746"
    #expect(bytes.map { String(format: "%02x", $0) }.joined() == expected)
  }

  /// A run that goes on within the second adds to the file and takes nothing away.
  @Test func aSecondWriterAdds() throws {
    let start = Date(timeIntervalSince1970: 1)
    let first = try TensorBoardEvents(folder: folder.path, at: start)
    try first.write(["a": 1], step: 1, at: start)
    let before = try Data(contentsOf: URL(filePath: first.path))
    let second = try TensorBoardEvents(folder: folder.path, at: start)
    let report = EpochReport(epoch: 2, training: Tally(count: 4, sums: ["a": 8]), validation: nil, seconds: 2)
    try second.write(report, at: start)
    let after = try Data(contentsOf: URL(filePath: first.path))
    #expect(after.starts(with: before) && after.count > before.count)
    for name in ["a/train", "examples_per_second"] {
      #expect(after.dropFirst(before.count).firstRange(of: Data(name.utf8)) != nil, "\(name)")
    }
  }

  @Test func aFolderThatIsNotThereIsAnError() {
    #expect(throws: FileError.self) { try TensorBoardEvents(folder: folder.file("none")) }
  }
}
