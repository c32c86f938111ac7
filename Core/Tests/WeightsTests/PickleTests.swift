import D2LFiles
import D2LTensor
import D2LWeights
import Foundation
import Testing

/// Pickles put together by hand, in the zip container around them.
@Suite struct PickleTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func open(_ pickle: [UInt8], storages: [[UInt8]] = []) throws -> any WeightFile {
    let members = [("a/data.pkl", pickle)] + storages.enumerated().map { ("a/data/\($0)", $1) }
    return try Weights.open(scratch.file("x.pt", ZipWriter.archive(members, .stored, alignment: 64)))
  }

  private func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// A tensor of the float storage 0, which is said to have `count` elements.
  private func tensor(count: Int32, offset: Int32 = 0, _ sizes: [Int32], _ strides: [Int32]) -> [UInt8] {
    func number(_ value: Int32) -> [UInt8] { ascii("J") + withUnsafeBytes(of: value.littleEndian) { Array($0) } }
    func tuple(_ values: [Int32]) -> [UInt8] { ascii("(") + values.flatMap(number) + ascii("t") }
    return ascii("ctorch._utils\n_rebuild_tensor_v2\n((U\u{7}storagectorch\nFloatStorage\nU\u{1}0U\u{3}cpu")
      + number(count)
      + ascii("tQ") + number(offset) + tuple(sizes) + tuple(strides) + [0x89] + ascii("NtR")
  }

  @Test func viewsAreCheckedAgainstTheirStorage() throws {
    let storage = [UInt8](repeating: 0, count: 24)
    let good = try open(tensor(count: 6, [2, 3], [3, 1]) + ascii("."), storages: [storage])
    #expect(try good.tensor(named: "tensor").shape == [2, 3])
    for (count, offset, sizes, strides, problem): (Int32, Int32, [Int32], [Int32], String) in [
      (6, 1, [2, 3], [3, 1], "outside"), (6, 0, [3, 3], [3, 1], "outside"), (6, -1, [2], [1], "outside"),
      (6, 0, [2, 3], [-3, 1], "outside"), (6, 0, [-2, 3], [3, 1], "impossible"),
      (6, 0, [2], [.max], "outside"), (7, 0, [2], [1], "promised"),
      (6, 0, [1, 1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1, 1], "9 dimensions"),
      (6, 0, [.max, .max, .max], [0, 0, 0], "impossible"),
    ] {
      let error = fileError {
        try open(tensor(count: count, offset: offset, sizes, strides) + ascii("."), storages: [storage])
      }
      #expect(error.problem.contains(problem), "\(error)")
    }
  }

  @Test func anExpandedViewTakesNoMemoryOutOfProportion() throws {
    let file = try open(tensor(count: 1, [100_000, 100_000], [0, 0]) + ascii("."), storages: [[0, 0, 0, 0]])
    // What is in it can be seen; reading it is refused.
    #expect(file.entries.map(\.shape) == [[100_000, 100_000]])
    #expect(fileError { try file.tensor(named: "tensor") }.problem.contains("takes 40000000004 bytes; the limit"))
    #expect(fileError { try file.readAll() }.problem.contains("takes 40000000000 bytes; the limit"))
    let modest = try open(tensor(count: 1, [1000, 1000], [0, 0]) + ascii("."), storages: [[0, 0, 0x80, 0x3f]])
    #expect(doubles(try modest.tensor(named: "tensor")) == [Double](repeating: 1, count: 1_000_000))
  }

  @Test func namesAreRefusedHoweverTheyAreSpelled() {
    for (pickle, name) in [
      ("cposix\nsystem\n(U\u{2}idtR.", "posix.system"), ("cbuiltins\neval\n(U\u{1}1tR.", "builtins.eval"),
      ("ctorch\nload\n.", "torch.load"), ("ctorch._utils\n__builtins__\n.", "torch._utils.__builtins__"),
      ("ccollections\nOrderedDict.__init__\n.", "collections.OrderedDict.__init__"),
      ("(ios\nsystem\n.", "os.system"), ("(U\u{1}1cos\nsystem\no.", "os.system"),
      ("\u{8c}\u{2}os\u{8c}\u{6}system\u{93}.", "os.system"),
      ("ctorch\nFloatStorage\n)R.", "a call of a type"), ("cbuiltins\nint\n(K\u{1}tR.", "a call of a type"),
      ("ctorch\nfloat32\n}b.", "change of the state"), ("U\u{1}a)R.", "no name"),
    ] {
      // The text is Latin-1: instructions lie above ASCII.
      let bytes = pickle.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
      let error = fileError { try open(bytes) }
      #expect(error.problem.contains(name) && error.problem.contains("nothing was run"), "\(error)")
    }
  }

  @Test func nestingAndRepetitionAreLimited() {
    let deep =
      [UInt8](repeating: UInt8(ascii: "]"), count: 100_000) + [UInt8](repeating: UInt8(ascii: "a"), count: 99_999)
    #expect(fileError { try open(deep + ascii(".")) }.problem.contains("nested deeper"))
    // Each list holds the one before it ten times: 10^40 tensors in a few hundred bytes.
    var bomb = tensor(count: 1, [1], [1]) + [UInt8(ascii: "q"), 0]
    for level in 0..<40 {
      bomb += ascii("](") + [UInt8](repeating: 0, count: 0)
      for _ in 0..<10 { bomb += [UInt8(ascii: "h"), UInt8(level)] }
      bomb += ascii("e") + [UInt8(ascii: "q"), UInt8(level + 1)]
    }
    let error = fileError { try open(bomb + ascii("."), storages: [[0, 0, 0, 0]]) }
    #expect(error.problem.contains("more values") || error.problem.contains("more text"), "\(error)")
    let wide = [UInt8](repeating: UInt8(ascii: ")"), count: 3_000_000)
    #expect(fileError { try open(wide + ascii(".")) }.problem.contains("more values"))
    // A list that is its own element.
    #expect(fileError { try open(ascii("]q\u{0}h\u{0}a.")) }.problem.contains("contains itself"))
  }

  @Test(arguments: [
    "", "(", ".", "h\u{5}.", "R.", "u.", "}K\u{1}s.", "X\u{7f}\u{7f}\u{7f}\u{7f}a.", "S'a.", "\u{1}.", "I9x\n.",
  ])
  func aBrokenPickleIsRefused(_ text: String) {
    let error = fileError { try open(ascii(text)) }
    guard case .byte = error.place else {
      Issue.record("no offset: \(error)")
      return
    }
  }

  @Test func plainValuesAreKeptAsText() throws {
    let file = try open(ascii("(dU\u{1}aI7\nsU\u{1}bF1.5\nsU\u{1}cI01\nsU\u{1}dNsU\u{1}e(lI1\naI2\nasVf\nL-12L\ns."))
    #expect(file.metadata == ["a": "7", "b": "1.5", "c": "True", "d": "None", "e": "[1, 2]", "f": "-12"])
  }
}
