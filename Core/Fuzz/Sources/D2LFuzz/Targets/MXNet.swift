import D2LFiles
@testable import D2LWeights

extension FuzzTarget {
  static let mxnet = FuzzTarget(
    name: "mxnet", summary: "MXNetFile: V0 to V3",
    fixtures: [Fixtures(folder: "WeightsTests/Fixtures", suffix: ".params")], words: ["arg:", "aux:"],
    run: { input in
      try WeightReading.read(input, as: "input.params") { (path, options) throws(FileError) in
        try MXNetFile(path, options: options)
      }
    })
}
