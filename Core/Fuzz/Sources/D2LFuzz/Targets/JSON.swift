@testable import D2LWeights

extension FuzzTarget {
  static let json = FuzzTarget(
    name: "json", summary: "JSONParser: what it accepts, written again, is read as the same",
    words: [
      "true", "false", "null", "1e9", "-0", "1E+5", "0.5", "\\u0000", "\\ud83d\\ude00", "\\ud800", "\\\"", "[[",
      "{\"a\":", "]]",
      "9223372036854775808", "1e400",
    ],
    seeds: {
      [
        #"{"a":[1,-2.5e3,true,false,null],"b":{"c":"x\u00e9\n\ud83d\ude00"}}"#, "[]", "0", " \"\" ", "[[[[[[]]]]]]",
      ].map { Array($0.utf8) }
    },
    run: { input in
      let value = try JSONParser.parse(input.bytes, file: "input.json")
      let text = written(value)
      let again = try? JSONParser.parse(Array(text.utf8), file: "again.json")
      guard let again, written(again) == text else { fatalError("read differently when written again: \(text)") }
    })

  private static func written(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let value): String(value)
    case .integer(let value): String(value)
    case .number(let value): String(value)
    case .string(let text): quoted(text)
    case .array(let elements): "[" + elements.map(written).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { quoted($0.key) + ":" + written($0.value) }.joined(separator: ",") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0..<0x20: result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      case 0x22, 0x5c: result += "\\" + String(scalar)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
