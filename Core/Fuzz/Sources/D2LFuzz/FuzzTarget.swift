import D2LFiles

/// A parser under test: what it reads, where its first inputs come from, and how a damaged input is made to pass the checksums.
struct FuzzTarget: Sendable {
  /// Its name on the command line.
  let name: String
  /// What it tries, for the list.
  let summary: String
  /// The longest input. Parsers that are linear in their input need no long ones.
  var maximumLength = 1 << 14
  /// Files of Core's tests that are inputs, by their folder and the beginning or end of their names.
  var fixtures: [Fixtures] = []
  /// Pieces of the format, for libFuzzer's dictionary.
  var words: [String] = []
  /// Inputs that the library's own writers make.
  var seeds: @Sendable () throws -> [[UInt8]] = { [] }
  /// Sets the checksums in an input to what its content gives, so that mutations reach what lies behind them.
  var repair: (@Sendable (inout [UInt8]) -> Void)?
  /// Reads one input to the end. A value or a typed error of the library are both fine; anything else is a find.
  let run: @Sendable (FuzzInput) throws -> Void

  /// Files of a folder of Core's tests.
  struct Fixtures: Sendable {
    var folder: String
    var prefix = ""
    var suffix = ""
  }
}

extension FuzzTarget {
  /// All of them, in the order in which they run.
  static let all: [FuzzTarget] = [
    .safetensors, .index, .torchZip, .torchLegacy, .torchTar, .npy, .npz, .mxnet, .onnx, .word2vecText,
    .gloveText, .word2vecBinary, .fastText, .weights, .png, .jpeg, .zip, .tar, .gzip, .idx, .csv, .checkpoint, .json,
  ]
}
