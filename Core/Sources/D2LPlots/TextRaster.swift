/// A grid of characters that lines are drawn on dot by dot.
struct TextRaster {
  let columns: Int
  let rows: Int
  private let style: TextChart.Style
  /// For each dot, row by row, one more than the number of the series drawn there last; 0 is empty.
  private var dots: [Int]

  init(columns: Int, rows: Int, style: TextChart.Style) {
    self.columns = columns
    self.rows = rows
    self.style = style
    dots = Array(repeating: 0, count: columns * rows * Self.density(style).x * Self.density(style).y)
  }

  var dotColumns: Int { columns * Self.density(style).x }
  var dotRows: Int { rows * Self.density(style).y }

  private static func density(_ style: TextChart.Style) -> (x: Int, y: Int) {
    switch style {
    case .braille: (2, 4)
    case .blocks: (1, 2)
    case .ascii: (1, 1)
    }
  }

  /// Draws a polyline in dot coordinates; the pattern says which dots along it are set, over and over.
  mutating func draw(_ piece: [Point], series: Int, pattern: [Bool]) {
    var phase = 0
    var last: (x: Int, y: Int)?
    func cell(_ point: Point) -> (x: Int, y: Int) { (Int(point.x.rounded()), Int(point.y.rounded())) }
    func set(_ x: Int, _ y: Int) {
      if let last, last == (x, y) { return }
      last = (x, y)
      if pattern[phase % pattern.count] { dots[y * dotColumns + x] = series + 1 }
      phase += 1
    }
    guard var from = piece.first.map(cell) else { return }
    set(from.x, from.y)
    for point in piece.dropFirst() {
      let to = cell(point)
      let steps = max(abs(to.x - from.x), abs(to.y - from.y))
      for step in stride(from: 1, through: steps, by: 1) {
        let share = Double(step) / Double(steps)
        set(
          from.x + Int((Double(to.x - from.x) * share).rounded()),
          from.y + Int((Double(to.y - from.y) * share).rounded()))
      }
      from = to
    }
  }

  /// One row as text; escape sequences colour the series if asked for.
  func line(_ row: Int, _ isColored: Bool) -> String {
    var text = ""
    var current = 0
    for column in 0..<columns {
      let (character, owner) = cell(column, row)
      if isColored, owner != current {
        text += owner == 0 ? "\u{1B}[0m" : "\u{1B}[\(Self.colors[(owner - 1) % Self.colors.count])m"
        current = owner
      }
      text.append(character)
    }
    return isColored && current != 0 ? text + "\u{1B}[0m" : text
  }

  /// Blue, red, green, magenta, yellow, cyan, in the bright forms that dark and light terminals both show well.
  private static let colors = [94, 91, 92, 95, 93, 96]
  private static let letters = Array("*o+x#@%&")
  /// The bit of each dot of a braille character, from left to right and top to bottom.
  private static let bits: [UInt32] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]

  private func cell(_ column: Int, _ row: Int) -> (Character, owner: Int) {
    switch style {
    case .ascii:
      let owner = dots[row * columns + column]
      return (owner == 0 ? " " : Self.letters[(owner - 1) % Self.letters.count], owner)
    case .blocks:
      let (upper, lower) = (dots[2 * row * columns + column], dots[(2 * row + 1) * columns + column])
      let character: Character = upper > 0 ? (lower > 0 ? "█" : "▀") : (lower > 0 ? "▄" : " ")
      return (character, max(upper, lower))
    case .braille:
      var pattern: UInt32 = 0
      var owner = 0
      for index in 0..<8 {
        let dot = dots[(row * 4 + index / 2) * dotColumns + column * 2 + index % 2]
        if dot > 0 { pattern |= Self.bits[index] }
        owner = max(owner, dot)
      }
      guard pattern > 0, let scalar = Unicode.Scalar(0x2800 + pattern) else { return (" ", 0) }
      return (Character(scalar), owner)
    }
  }
}
