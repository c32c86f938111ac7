@testable import D2LFiles

/// Inputs of a megabyte made to be slow or to take memory out of proportion: what grows faster than the input shows here and not in the
/// small ones of the fuzzer. Most are refused; all must be done within the same bounds.
enum LargeInputs {
  static let size = 1 << 20

  /// Those of a target, by a name that says what they try.
  static func of(_ target: String) throws -> [(name: String, bytes: [UInt8])] {
    switch target {
    case "safetensors", "checkpoint": safetensors
    case "index": json.map { ("index-" + $0.name, $0.bytes) }
    case "json": json
    case "torch-zip": try pickles.map { ($0.name, try ZipWriter.archive([("a/data.pkl", $0.bytes)], .stored)) }
    case "torch-legacy": pickles.map { ($0.name, legacyStart + $0.bytes) }
    case "npy": [("keys", npy), ("long-literal", npyHeader("{'shape': (" + repeated("1,", size / 2) + ")}"))]
    case "npz", "zip": try archives
    case "mxnet":
      [
        ("empty-arrays", number(0x112, 8) + number(0, 8) + number(size / 4, 8) + zeros(size)),
        ("empty-names", number(0x112, 8) + number(0, 8) + number(0, 8) + number(size / 8, 8) + zeros(size)),
      ]
    case "onnx": models
    case "word2vec-text", "glove-text": vectorTexts
    case "word2vec-binary":
      [("short", ascii("170000 1\n") + cycled(ascii("a ") + number(0x3f80_0000, 4), 170_000))]
    case "fasttext":
      [("no-words", fastText(words: size / 10, length: 0)), ("long-words", fastText(words: 250, length: 4000))]
    case "tar": tars
    case "gzip", "idx": try gzips
    case "csv": tables
    default: []
    }
  }

  // MARK: Pieces

  private static func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }
  private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
  private static func cycled(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
    Array((0..<count).map { _ in bytes }.joined())
  }
  private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
  private static func number(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  // MARK: Weights

  /// A field of Protocol Buffers that holds bytes.
  private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    var length = bytes.count
    var varint: [UInt8] = []
    repeat {
      varint.append(UInt8(length & 0x7f) | (length > 0x7f ? 0x80 : 0))
      length >>= 7
    } while length > 0
    return [number << 3 | 2] + varint + bytes
  }

  /// Empty tensors by the thousand, and numbers of eight bytes that take one in the file.
  private static var models: [(name: String, bytes: [UInt8])] {
    let empty = (0..<(size / 16)).flatMap { field(5, [0x08, 0, 0x10, 1] + field(8, ascii(String($0)))) }
    let shape: [UInt8] = [0x08] + [0x80, 0x80, 0x40] + [0x10, 7]  // [2^20] of int64
    let numbers = field(5, shape + field(8, ascii("n")) + field(7, [UInt8](repeating: 1, count: size)))
    return [("tensors", [0x08, 8] + field(7, empty)), ("numbers", [0x08, 8] + field(7, numbers))]
  }

  private static let json: [(name: String, bytes: [UInt8])] = [
    ("array", ascii("[0" + repeated(",0", size / 2) + "]")),
    ("keys", ascii("{\"a\":0" + (0..<80_000).map { ",\"\($0)\":\"\"" }.joined() + "}")),
    ("deep", ascii(repeated("[", size))), ("string", ascii("\"" + repeated("\\u0041", size / 6) + "\"")),
    ("number", ascii(repeated("1", size))), ("space", ascii(repeated(" ", size))),
    (
      "map",
      ascii(
        "{\"weight_map\":{\"w\":\"a.safetensors\"" + (0..<30_000).map { ",\"\($0)\":\"a.safetensors\"" }.joined() + "}}"
      )
    ),
  ]

  private static let safetensors: [(name: String, bytes: [UInt8])] =
    (json.map { ($0.name, $0.bytes) } + [
      (
        "empty-tensors",
        ascii(
          "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}"
            + (0..<20_000).map { ",\"\($0)\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}" }.joined() + "}")
      )
    ]).map { ($0.0, number($0.1.count, 8) + $0.1) }

  /// Instructions again and again, in their shortest forms.
  private static let pickles: [(name: String, bytes: [UInt8])] =
    [
      ("tuples", ")"), ("lists", "]"), ("marks", "("), ("numbers", "K\u{1}"), ("none", "N"),
      ("tuples-of-one", "N\u{85}"),
      ("memo", ")\u{94}"), ("nested", "\u{85}"), ("appends", "Na"), ("strings", "U\u{0}"), ("sets", "\u{8f}"),
      ("dictionaries", "}"),
      ("items", "NNs"), ("lines", "I1\n"), ("marked", "(l"),
    ].map { name, instruction in
      let bytes = instruction.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
      let start = ascii(name == "items" ? "}" : name == "appends" ? "]" : "N")
      return (name, start + cycled(bytes, size / bytes.count) + ascii("."))
    } + [
      (
        "text-again",
        ascii("X") + number(1 << 19, 4) + cycled([0x61], 1 << 19) + ascii("q\u{0}0(") + cycled([0x68, 0], 1 << 18)
          + ascii("t.")
      ),
      (
        "calls",
        ascii("ccollections\nOrderedDict\nq\u{0}0]q\u{1}(") + cycled(ascii("))"), 1 << 17) + ascii("e0(")
          + cycled(ascii("h\u{0}(h\u{1}tR"), 1 << 16) + ascii("t.")
      ),
    ]

  private static let legacyStart: [UInt8] =
    [
      0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e, 0x80, 2, 0x4d, 0xe9, 3, 0x2e,
      0x80, 2,
    ]
    + ascii("}.")

  private static let npy = npyHeader("{" + (0..<80_000).map { "'\($0)':1," }.joined() + "}")

  private static func npyHeader(_ text: String) -> [UInt8] {
    [0x93] + ascii("NUMPY\u{2}\u{0}") + number(text.utf8.count, 4) + ascii(text)
  }

  private static let vectorTexts: [(name: String, bytes: [UInt8])] = [
    ("short-lines", ascii(repeated("a 1 2\n", size / 6))), ("one-line", ascii("a" + repeated(" 1", size / 2))),
    ("no-numbers", ascii(repeated("a", size))), ("empty-lines", ascii("a 1 2" + repeated("\n", size))),
    ("many", ascii("260000 1\n" + repeated("a 1\n", 260_000))),
  ]

  /// A model of one number a word, with a bucket, so that every part of a word has a vector.
  private static func fastText(words: Int, length: Int) -> [UInt8] {
    let settings = [1, 5, 5, 1, 5, 1, 2, 2, 1, 1, 64, 100].flatMap { number($0, 4) } + zeros(8)
    let entry = cycled([0x61], length) + zeros(10)
    func matrix(_ rows: Int) -> [UInt8] { [0] + number(rows, 8) + number(1, 8) + zeros(4 * rows) }
    return number(793_712_314, 4) + number(12, 4) + settings + number(words, 4) + number(words, 4) + zeros(12)
      + number(-1, 8) + cycled(entry, words) + matrix(words + 1) + matrix(words)
  }

  // MARK: Archives and tables

  private static var archives: [(name: String, bytes: [UInt8])] {
    get throws {
      [
        ("members", try ZipWriter.archive((0..<8_000).map { ("\($0).npy", []) }, .stored)),
        ("comment", zeros(size)), ("records", ascii("PK\u{5}\u{6}") + cycled(ascii("PK\u{1}\u{2}"), size / 4)),
      ]
    }
  }

  private static var tars: [(name: String, bytes: [UInt8])] {
    let attributes = Array((0..<60_000).map { ascii("\(String($0).count + 10) key\($0)=\n") }.joined())
    return [
      ("attributes", FuzzTarget.member("g", attributes, type: "g") + cycled(FuzzTarget.member("a", []), 1_500)),
      ("members", cycled(FuzzTarget.member("a", []), size / 512)),
      ("long-names", cycled(FuzzTarget.member("l", ascii("name"), type: "L"), size / 1024)),
    ]
  }

  private static var gzips: [(name: String, bytes: [UInt8])] {
    get throws {
      let empty = try Gzip.compress([])
      let extra: [UInt8] = [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 3, 0xff, 0xff] + zeros(0xffff)
      return [
        ("members", cycled(empty, size / empty.count)), ("extra-fields", cycled(extra + empty[10...], 16)),
        ("bomb", try Gzip.compress(zeros(64 << 20), level: 9)),
      ]
    }
  }

  private static let tables: [(name: String, bytes: [UInt8])] = [
    ("columns", ascii((0..<100_000).map(String.init).joined(separator: ",") + "\n")),
    ("commas", ascii(repeated(",", size))),
    ("rows", ascii("a\n" + repeated("1\n", size / 2))), ("empty-rows", ascii("a" + repeated("\n", size))),
    ("quotes", ascii("a\n" + repeated("\"", size))), ("text", ascii("a\n" + repeated("x", size))),
    ("pairs", ascii("a,b\n" + repeated("1,\n", size / 3))), ("quoted", ascii("a\n" + repeated("\"\"\n", size / 3))),
  ]
}
