import ArgumentParser
import D2LCore
import Foundation

/// `d2l doctor`: what was found on this machine, and what to do where something is amiss.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Show what this machine offers, and what to do where something is amiss.",
    discussion: "Verifies every data set that it finds, which takes a moment.")

  @Flag(help: "Print a JSON array with state, topic, finding and advice of each line.")
  var json = false

  func run() throws {
    let findings = Finding.machine() + Finding.libraries() + Finding.data(DataCache())
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(findings), as: UTF8.self))
      return
    }
    var table = TextTable("", "", "")
    for finding in findings {
      table.add(finding.state == .absent ? "–" : finding.state.rawValue, finding.topic, finding.text)
      if let advice = finding.advice { table.add("", "", "→ " + advice) }
    }
    print(table)
    let warnings = findings.count { $0.state == .warn }
    print(warnings == 0 ? "\nAll is well." : "\n\(warnings) to look at.")
  }
}

/// One line of the doctor's.
struct Finding: Encodable, Sendable {
  enum State: String, Encodable, Sendable {
    /// As it should be.
    case ok
    /// Works, but could be better; the advice says how.
    case warn
    /// Not there, and that is no fault.
    case absent
  }

  let state: State
  let topic: String
  let text: String
  let advice: String?

  init(_ state: State, _ topic: String, _ text: String, advice: String? = nil) {
    self.state = state
    self.topic = topic
    self.text = text
    self.advice = advice
  }
}
