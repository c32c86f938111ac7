/// Text made safe for XML and HTML.
enum Markup {
  /// The text with the five special characters replaced and characters that XML forbids shown as `�`.
  static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
      case "\u{0}"..<"\u{20}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A coordinate with at most two decimals: finer than any screen, and the same bytes everywhere.
  static func coordinate(_ value: Double) -> String {
    NumberText.trimmed(value, places: 2)
  }

  /// An open tag, or with `isEmpty` a whole element without content; values are escaped here.
  static func tag(_ name: String, _ attributes: [(String, String?)], isEmpty: Bool = false) -> String {
    var text = "<" + name
    for case (let key, let value?) in attributes { text += " \(key)=\"\(escaped(value))\"" }
    return text + (isEmpty ? "/>" : ">")
  }
}
