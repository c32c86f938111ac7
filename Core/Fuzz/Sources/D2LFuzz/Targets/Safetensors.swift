import D2LFiles
@testable import D2LWeights

extension FuzzTarget {
  static let safetensors = FuzzTarget(
    name: "safetensors", summary: "SafetensorsFile: header, ranges, every tensor",
    fixtures: [Fixtures(folder: "WeightsTests/Fixtures", suffix: ".safetensors")],
    words: [
      "\"dtype\":\"", "\"shape\":[", "\"data_offsets\":[", "__metadata__", "F64", "F32", "F16", "BF16", "I64", "I8",
      "U8",
      "U64", "BOOL", "F8_E4M3", "C64", "9223372036854775807", "4611686018427387904", "-1", "[0,0]", "{}", "1e9",
    ],
    seeds: {
      [
        try WeightReading.written("a.safetensors") { try Safetensors.write(WeightReading.samples, to: $0) },
        try WeightReading.written("b.safetensors") { try Safetensors.write([:], metadata: ["format": "pt"], to: $0) },
        [2, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8),
      ]
    },
    run: { input in
      try WeightReading.read(input, as: "input.safetensors") { (path, options) throws(FileError) in
        try SafetensorsFile(path, options: options)
      }
    })

  static let index = FuzzTarget(
    name: "index", summary: "Weights.open of a sharded index beside two files",
    maximumLength: 1 << 13,
    words: [
      "\"weight_map\":{", "\"metadata\":{", "a.safetensors", "b.safetensors", "\"mask\"", "\"w\"", "../", "/etc/passwd",
      ".", "..", "index.safetensors.index.json", "total_size", "\\u0000",
    ],
    seeds: {
      [
        #"{"metadata":{"total_size":8},"weight_map":{"w":"a.safetensors","mask":"b.safetensors"}}"#,
        #"{"weight_map":{"w":"a.safetensors"}}"#, #"{"weight_map":{}}"#,
        #"{"weight_map":{"w":"index.safetensors.index.json"}}"#,
      ].map { Array($0.utf8) }
    },
    run: { input in
      _ = shards
      try WeightReading.read(input, as: "index.safetensors.index.json") { (path, options) throws(FileError) in
        try Weights.open(path, options: options)
      }
    })

  /// The files that an index can name.
  private static let shards: Void = {
    let all = WeightReading.samples
    for (file, names) in [("a", ["layers.0.weight"]), ("b", ["mask"])] {
      let part = NamedTensors(names.compactMap { name in all[name].map { (name == "mask" ? name : "w", $0) } })
      let path = "\(ScratchFolder.path)/\(file).safetensors"
      do { try Safetensors.write(part, to: path) } catch { fatalError("\(error)") }
    }
  }()
}
