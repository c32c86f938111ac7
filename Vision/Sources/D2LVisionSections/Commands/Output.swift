import D2LCommands
import D2LCore
import D2LVision
import Foundation

/// Prints one line of JSON, the keys sorted.
func printJSON(_ value: some Encodable) {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  guard let data = try? encoder.encode(value) else { fail("printJSON", "\(value) cannot be written as JSON") }
  print(String(decoding: data, as: UTF8.self))
}

/// Names every file that was passed over, and counts them.
func warn(of skipped: [SkippedFile]) {
  for file in skipped { warn("skipped: \(file)") }
}

/// "3 files skipped" with a comma before it; nothing if there are none.
func skippedText(_ count: Int) -> String {
  count == 0 ? "" : ", \(counted(count, "file")) skipped"
}

/// "1 file", "3 files".
func counted(_ count: Int, _ thing: String) -> String { "\(grouped(count)) \(thing)\(count == 1 ? "" : "s")" }
