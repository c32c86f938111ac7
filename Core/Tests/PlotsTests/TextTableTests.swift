import D2LPlots
import Testing

@Suite struct TextTableTests {
  @Test func numbersStandAtTheRight() {
    var table = TextTable("epoch", "name", "loss")
    table.add("1", "first", "12.5")
    table.add("10", "second", "0.25")
    #expect(
      table.description == """
        epoch  name    loss
        ─────  ──────  ────
            1  first   12.5
           10  second  0.25
        """)
    table.style = .ascii
    #expect(table.lines[1] == "-----  ------  ----")
    table.style = .plain
    #expect(table.lines.count == 3)
    table.style = .markdown
    #expect(
      table.description == """
        | epoch | name   | loss |
        | ----: | ------ | ---: |
        |     1 | first  | 12.5 |
        |    10 | second | 0.25 |
        """)
  }

  @Test func wideAndCombiningCharactersLineUp() {
    var table = TextTable(columns: [.init("word"), .init("n", alignment: .trailing)])
    let words = ["東京", "cafe\u{301}", "naïve", "한국어", "👩‍👩‍👧", "🇩🇪", "❤️", "ｗｉｄｅ", "\u{200B}x"]
    for word in words { table.add(word, "1") }
    #expect(words.map(TerminalWidth.of) == [4, 4, 5, 6, 2, 2, 2, 8, 1])
    #expect(Set(table.lines.map(TerminalWidth.of)) == [11])
    #expect(table.lines[2] == "東京" + "      " + "1")
  }

  @Test func longTextsAreCutAndControlsShown() {
    var table = TextTable(columns: [.init("name", maximumWidth: 6), .init("x")], style: .plain)
    table.add("abcdefghij", "a\u{1B}[31mb")
    table.add("東京都庁", "\n")
    #expect(table.lines == ["name    x", "abcde…  a\u{FFFD}[31mb", "東京…   \u{FFFD}"])
  }

  @Test func alignmentsAndEmptyTables() {
    var table = TextTable(
      columns: [.init("a", alignment: .center), .init("b", alignment: .leading), .init("c", alignment: .trailing)],
      style: .plain)
    table.add("wide one", "12", "text")
    table.add("x", "3", "t")
    #expect(table.lines == ["   a      b      c", "wide one  12  text", "   x      3      t"])
    #expect(TextTable(columns: []).description == "")
    #expect(TextTable("only", style: .rule).lines == ["only", "────"])
    var bare = TextTable("", "")
    bare.add("seed", "0")
    #expect(bare.lines == ["seed  0"])
  }

  @Test func columnsOfNumbersAreRecognised() {
    for numbers in [["1", "-2.5"], ["83.1%", "–"], ["1e-3", "nan"], ["1,024", ""], ["±0.02", "+1"]] {
      var table = TextTable("header", style: .plain)
      for number in numbers { table.add(number) }
      #expect(table.lines[1].hasPrefix(" "), "\(numbers)")
    }
    for words in [["1a", "2"], ["e", "1"], ["-", "x"], ["3x3", "1"]] {
      var table = TextTable("header", style: .plain)
      for word in words { table.add(word) }
      #expect(!table.lines[1].hasPrefix(" "), "\(words)")
    }
  }

  @Test func rowsOfAnotherLengthStop() async {
    let stop = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var table = TextTable("a", "b")
      table.add("1")
    }
    let text = String(decoding: stop?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("has 1 entries, the table has 2 columns"))
  }
}
