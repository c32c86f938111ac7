import D2LFiles
@testable import D2LWeights

extension FuzzTarget {
  static let torchZip = FuzzTarget(
    name: "torch-zip", summary: "TorchFile in the zip container; the checksums of mutated members are made right",
    fixtures: [
      Fixtures(folder: "WeightsTests/Fixtures", suffix: "-zip.pt"),
      Fixtures(folder: "WeightsTests/Fixtures", prefix: "cycle", suffix: ".pt"),
    ],
    words: pickleWords + [
      "PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "data.pkl", "/data/0", "byteorder", "big", "little",
    ],
    seeds: {
      [try WeightReading.written("a.pt") { try Torch.write(WeightReading.samples, to: $0) }]
    },
    repair: { Checksums.repairZip(&$0) },
    run: { input in
      try WeightReading.read(input, as: "input.pt") { (path, options) throws(FileError) in
        try TorchFile(zip: ZipArchive(path: path), options: options)
      }
    })

  static let torchLegacy = FuzzTarget(
    name: "torch-legacy", summary: "TorchFile in the stream of pickles from before 1.6",
    fixtures: [Fixtures(folder: "WeightsTests/Fixtures", suffix: "-legacy.pt")],
    words: pickleWords,
    run: { input in
      try WeightReading.read(input, as: "input.pt") { (path, options) throws(FileError) in
        try TorchFile(legacy: MappedFile(path), options: options)
      }
    })

  static let torchTar = FuzzTarget(
    name: "torch-tar", summary: "TorchFile in the tar container; the checksums of mutated headers are made right",
    fixtures: [Fixtures(folder: "WeightsTests/Fixtures", prefix: "tar", suffix: ".pt")],
    words: pickleWords + ["storages", "tensors", "pickle", "ustar"],
    repair: { Checksums.repairTar(&$0) },
    run: { input in
      try WeightReading.read(input, as: "input.pt") { (path, options) throws(FileError) in
        try TorchFile(tar: MappedFile(path), options: options)
      }
    })

  /// Names that a pickle may and may not use, and instructions with their operands.
  private static let pickleWords = [
    "ctorch._utils\n_rebuild_tensor_v2\n", "ctorch._utils\n_rebuild_tensor_v3\n", "ctorch._utils\n_rebuild_parameter\n",
    "ctorch\nFloatStorage\n", "ctorch\nBoolStorage\n", "ctorch\nfloat32\n", "ccollections\nOrderedDict\n",
    "ccollections\ndefaultdict\n", "c__builtin__\nset\n", "cnumpy\ndtype\n", "cnumpy.core.multiarray\n_reconstruct\n",
    "cnumpy.core.multiarray\nscalar\n", "cnumpy.core.numeric\n_frombuffer\n", "c_codecs\nencode\n",
    "cargparse\nNamespace\n",
    "ctorch\nSize\n", "ctorch\ndevice\n", "cos\nsystem\n", "\u{8a}\u{1}\u{0}", "X\u{1}\u{0}\u{0}\u{0}a",
    "U\u{7}storage",
    "q\u{0}", "h\u{0}", "R.", "(t", "(l", "(d", "tQ", "tR", "NtR", "}(", "u.", "latin1", "f4", "b1",
  ]
}
