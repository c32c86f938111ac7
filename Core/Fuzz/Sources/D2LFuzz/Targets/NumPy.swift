import D2LFiles
@testable import D2LWeights

extension FuzzTarget {
  static let npy = FuzzTarget(
    name: "npy", summary: "NpyFile: header and elements",
    fixtures: [Fixtures(folder: "WeightsTests/Fixtures", suffix: ".npy")], words: headerWords,
    seeds: {
      try WeightReading.samples.map { _, tensor in
        try WeightReading.written("a.npy") { try Npy.write(tensor, to: $0) }
      }
    },
    run: { input in
      try WeightReading.read(input, as: "input.npy") { (path, options) throws(FileError) in
        try NpyFile(path, options: options)
      }
    })

  static let npz = FuzzTarget(
    name: "npz", summary: "NpzFile, stored and deflated; the checksums of mutated members are made right",
    fixtures: [Fixtures(folder: "WeightsTests/Fixtures", suffix: ".npz")],
    words: headerWords + ["PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", ".npy"],
    seeds: {
      [
        try WeightReading.written("a.npz") { try Npz.write(WeightReading.samples, to: $0) },
        try WeightReading.written("b.npz") { try Npz.write(WeightReading.samples, compressed: true, to: $0) },
      ]
    },
    repair: { Checksums.repairZip(&$0) },
    run: { input in
      try WeightReading.read(input, as: "input.npz") { (path, options) throws(FileError) in
        try NpzFile(path, options: options)
      }
    })

  private static let headerWords = [
    "{'descr': '<f4', ", "'fortran_order': True, ", "'fortran_order': False, ", "'shape': (", "<f8", ">f8", ">i2",
    "|b1",
    "|i1", "<u8", "<f2", "|O", "<U4", "(0,)", "(1L,)", "(4611686018427387904, ", "(-1,)", "()", "[('a', '<f4')]",
  ]
}
