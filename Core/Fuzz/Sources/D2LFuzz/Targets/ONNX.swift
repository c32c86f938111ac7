import D2LFiles
@testable import D2LWeights

extension FuzzTarget {
  static let onnx = FuzzTarget(
    name: "onnx", summary: "OnnxFile: initializers as raw bytes and as packed numbers",
    fixtures: [Fixtures(folder: "WeightsTests/Fixtures", suffix: ".onnx")],
    words: ["\u{8}\u{8}", "*\u{4}", "\u{8}\u{2}\u{10}\u{1}", "J\u{8}", "r\u{8}", "p\u{1}"],
    run: { input in
      try WeightReading.read(input, as: "input.onnx") { (path, options) throws(FileError) in
        try OnnxFile(path, options: options)
      }
    })
}
