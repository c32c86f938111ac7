import D2LFiles
@testable import D2LWeights

extension FuzzTarget {
  static let weights = FuzzTarget(
    name: "weights", summary: "Weights.open of anything: which format it is, and then that format's reader",
    fixtures: [Fixtures(folder: "WeightsTests/Fixtures")],
    words: ["PK\u{3}\u{4}", "\u{1f}\u{8b}\u{8}", "ustar", "NUMPY", "weight_map", "2 3\n"],
    run: { input in
      try WeightReading.read(input, as: "input") { (path, options) throws(FileError) in
        try Weights.open(path, options: options)
      }
    })
}
