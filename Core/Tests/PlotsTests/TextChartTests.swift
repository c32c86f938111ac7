import D2LPlots
import Testing

@Suite struct TextChartTests {
  private func rising(_ style: TextChart.Style) -> TextChart {
    var chart = TextChart(
      title: "up", x: Axis("x", limits: 0...4), y: Axis(limits: 0...4), width: 24, height: 5, style: style)
    chart.add(Series("a", x: 0...4, y: 0...4))
    return chart
  }

  private func valley(_ style: TextChart.Style) -> TextChart {
    var chart = TextChart(x: Axis(limits: 0...4), y: Axis("loss", limits: 0...2), width: 24, height: 4, style: style)
    chart.add(Series("one", x: 0...4, y: [2.0, 1, .nan, 1, 2]))
    chart.add(Series("two", x: 0...4, y: [0, 0, 0, 0, 0]))
    chart.add(Series("dots", x: [1, 3], y: [2, 2], style: .points))
    return chart
  }

  @Test func risingLines() {
    #expect(
      rising(.ascii).description == """
        up
        4 +                  ***
          |             *****
        2 +        *****
          |   *****
        0 +***
          ++---------+---------+
           0         2         4
                     x
        * a
        """)
    #expect(
      rising(.blocks).description == """
        up
        4 ┤                 ▄▄▀▀
          │             ▄▄▀▀
        2 ┤         ▄▄▀▀
          │    ▄▄▄▀▀
        0 ┤▄▄▀▀
          └┬─────────┬─────────┬
           0         2         4
                     x
        ▀▀▀▀ a
        """)
    #expect(
      rising(.braille).description == """
        up
        4 ┤                 ⣀⠤⠒⠉
          │             ⣀⠤⠒⠉
        2 ┤        ⢀⣀⠤⠒⠉
          │   ⢀⡠⠤⠒⠊⠁
        0 ┤⡠⠔⠊⠁
          └┬─────────┬─────────┬
           0         2         4
                     x
        ⠒⠒⠒⠒ a
        """)
  }

  @Test func gapsAndSeveralSeries() {
    #expect(
      valley(.ascii).description == """
        loss
        2 +**   +         +   **
          |  **             **
          |    **         **
        0 +ooooooooooooooooooooo
          ++---------+---------+
           0         2         4
        * one   o two   + dots
        """)
    #expect(
      valley(.braille).description == """
        loss
        2 ┤⠑⠤⡀  ⠁         ⠈  ⢀⠤⠊
          │  ⠈⠢⢄           ⡠⠔⠁
          │     ⠁         ⠈
        0 ┤⣀ ⣀ ⣀ ⣀ ⣀ ⣀ ⣀ ⣀ ⣀ ⣀ ⣀
          └┬─────────┬─────────┬
           0         2         4
        ⠒⠒⠒⠒ one   ⠒ ⠒  two
        ⠂⠐ ⠂ dots
        """)
  }

  @Test func colourAddsEscapesOnly() throws {
    var colored = valley(.ascii)
    colored.isColored = true
    #expect(
      colored.lines[1]
        == "2 +\u{1B}[94m**\u{1B}[0m   \u{1B}[92m+\u{1B}[0m         \u{1B}[92m+\u{1B}[0m   \u{1B}[94m**\u{1B}[0m")
    let plain = colored.description.replacing(try Regex("\u{1B}\\[[0-9]+m"), with: "")
    #expect(plain == valley(.ascii).description)
  }

  @Test func asciiIsAscii() {
    #expect(valley(.ascii).description.utf8.allSatisfy { $0 < 128 })
    #expect(!valley(.braille).description.utf8.allSatisfy { $0 < 128 })
  }

  @Test func logarithmicAxesCount() {
    var chart = TextChart(y: Axis(scale: .logarithmic), width: 40, height: 9, style: .ascii)
    chart.add(Series("", x: 0...2, y: [1, 100, 10000]))
    let numbers = chart.lines.compactMap { $0.split(separator: " ").first }.filter { Int($0) != nil }
    #expect(numbers.prefix(5) == ["10000", "1000", "100", "10", "1"])
    // Powers of ten rise along a straight line.
    #expect(chart.lines[4].contains("*") && chart.lines[0].hasSuffix("*"))
  }

  @Test func everyLineFits() {
    var generator = Sequence64(state: 6)
    for _ in 0..<100 {
      let width = Int.random(in: 24...100, using: &generator)
      let height = Int.random(in: 3...30, using: &generator)
      let scale = Double.random(in: 1e-8...1e8, using: &generator)
      var chart = TextChart(title: "a title", x: Axis("steps"), y: Axis("values"), width: width, height: height)
      chart.add(Series("some name", y: (0..<50).map { _ in Double.random(in: -scale...scale, using: &generator) }))
      #expect(chart.lines.count == height + 6)
      #expect(chart.lines.allSatisfy { TerminalWidth.of($0) <= width && $0.last != " " })
    }
  }

  @Test func chartsWithoutDataSaySo() {
    #expect(TextChart(title: "t").description == "t\n(no data)")
    var chart = TextChart()
    chart.add(Series("a", y: [Double.nan]))
    #expect(chart.description == "(no values that can be shown)")
    var single = TextChart(width: 24, height: 3, style: .ascii)
    single.add(Series("", x: [5], y: [3]))
    #expect(single.description.filter { $0 == "*" }.count == 1)
  }
}
