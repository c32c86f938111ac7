/// Widths of text without a font: the advance of common sans-serif faces, rounded up, so that layout leaves enough room.
enum TextMetrics {
  /// The width of a text in pixels at a font size in pixels.
  static func width(_ text: String, size: Double) -> Double {
    text.unicodeScalars.reduce(0) { $0 + advance($1) } * size
  }

  static func width(_ label: TickLabel, size: Double) -> Double {
    width(label.text, size: size) + width(label.exponent.map { "\($0)" } ?? "", size: size * 0.75)
  }

  /// The text, or as much of its beginning as fits followed by an ellipsis.
  static func fitted(_ text: String, size: Double, width limit: Double) -> String {
    guard width(text, size: size) > limit else { return text }
    let room = limit - width("…", size: size)
    var result = ""
    var used = 0.0
    for character in text {
      used += width(String(character), size: size)
      if used > room { break }
      result.append(character)
    }
    return result + "…"
  }

  /// The text broken at spaces into at most `lines` lines that fit; the last ends in an ellipsis if need be.
  static func wrapped(_ text: String, size: Double, width limit: Double, lines: Int) -> [String] {
    guard !text.isEmpty else { return [] }
    var result: [String] = []
    var line = ""
    var words = text.split(whereSeparator: \.isWhitespace)[...]
    while let word = words.first {
      let longer = line.isEmpty ? String(word) : line + " " + word
      if line.isEmpty || width(longer, size: size) <= limit {
        line = longer
        words.removeFirst()
      } else if result.count + 1 < lines {
        result.append(line)
        line = ""
      } else {
        line += " " + words.joined(separator: " ")
        break
      }
    }
    return (result + [line]).map { fitted($0, size: size, width: limit) }
  }

  private static func advance(_ scalar: Unicode.Scalar) -> Double {
    switch scalar {
    case "i", "j", "l", "I", "'", "|", ".", ",", ":", ";", "!": 0.32
    case "f", "t", "r", "(", ")", "[", "]", "/", " ", "-": 0.40
    case "m", "w", "M", "W", "@", "%": 0.96
    case "A"..."Z", "−", "+", "=", "<", ">", "×": 0.74
    default: TerminalWidth.of(scalar) == 2 ? 1.0 : TerminalWidth.of(scalar) == 0 ? 0 : 0.61
    }
  }
}
