import D2LCore
import Foundation

/// Some of what was asked for is not as it should be; what and where was said before.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String
}

/// Prints a value as one line of JSON, its keys in order.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// A number of bytes for people: "97.5 MB", in powers of 1000 as disks and files count.
func byteText(_ count: Int) -> String {
  var value = Double(count)
  for unit in ["bytes", "kB", "MB", "GB"] {
    if value < 1000 || unit == "GB" {
      return unit == "bytes" ? "\(count) bytes" : String(format: "%.1f %@", value, unit)
    }
    value /= 1000
  }
  return "\(count) bytes"
}

/// A number with the digits that tell one weight from another.
func numberText(_ value: Double?) -> String {
  guard let value else { return "–" }
  if value.isInfinite { return value < 0 ? "-inf" : "inf" }
  if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
  return String(format: "%.5g", value)
}

/// A name on the command line that is none of those known, with the nearest of them.
func unknown(_ kind: String, _ name: String, among names: [String], see command: String) -> String {
  let nearest = nearestName(to: name, among: names).map { " Did you mean '\($0)'?" } ?? ""
  return "no \(kind) is called '\(name)'.\(nearest) `\(command)` shows them all."
}
