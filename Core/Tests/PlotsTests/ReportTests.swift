import D2LPlots
import Foundation
import Testing

/// The first bytes of a PNG file of a size, followed by bytes of every value.
private func bytes(width: UInt8, height: UInt8, extra: Int) -> [UInt8] {
  [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
    + [0, 0, 0, width, 0, 0, 0, height, 8, 2, 0, 0, 0, 1, 2, 3, 4] + (0..<extra).map { UInt8($0 % 256) }
}

private func occurrences(of part: String, in text: String) -> Int { text.components(separatedBy: part).count - 1 }

@Suite struct ReportTests {
  private func sample() throws -> Report {
    var chart = LineChart(title: "Curve of losses")
    chart.add(Series("loss", x: 1...3, y: [3, 2, 1]))
    var table = TextTable("class", "accuracy")
    table.add("trouser", "0.97")
    var report = Report(title: "Run & rest", subtitle: "A <b>subtitle</b>")
    report.add("Numbers", .tiles([.init("0.831", "test accuracy", detail: "of 10,000")]), .paragraph("Some words."))
    report.add("Options", .settings([("epochs", "10"), ("data", "real")]))
    report.add("Classes", .table(table, caption: "By class"))
    report.add("Curves", .chart(chart, caption: "Falling"), .charts([chart, chart]))
    let small = try Picture(png: bytes(width: 28, height: 14, extra: 300), alternative: "A shirt", caption: "Sample")
    let large = try Picture(png: bytes(width: 255, height: 200, extra: 1), alternative: "Grid")
    report.add("Images", .picture(small), .pictures([large]))
    report.add("Log", .preformatted("a  <b>\n  c"))
    report.footer = "The end"
    return report
  }

  @Test func allPartsStandOnceAndInOrder() throws {
    let page = try sample().html()
    let parts = [
      "<h1>Run &amp; rest</h1>", "A &lt;b&gt;subtitle&lt;/b&gt;", "<h2>Numbers</h2>", ">0.831<", ">test accuracy<",
      ">of 10,000<", "<p>Some words.</p>", "<h2>Options</h2>", "<dt>epochs</dt><dd>10</dd>",
      "<dt>data</dt><dd>real</dd>",
      "<h2>Classes</h2>", "<caption>By class</caption>", "<th scope=\"col\">class</th>",
      "<th scope=\"col\" class=\"number\">accuracy</th>", "<td>trouser</td><td class=\"number\">0.97</td>",
      "<h2>Curves</h2>", "<figcaption>Falling</figcaption>", "<h2>Images</h2>", "alt=\"A shirt\"",
      "<figcaption>Sample</figcaption>", "alt=\"Grid\"", "<h2>Log</h2>", "a  &lt;b&gt;\n  c</pre>", "The end</footer>",
    ]
    var rest = page[...]
    for part in parts {
      #expect(occurrences(of: part, in: page) == 1, "\(part)")
      let place = try #require(rest.range(of: part), "\(part) is missing or out of order")
      rest = rest[place.upperBound...]
    }
    #expect(occurrences(of: "<svg", in: page) == 3 && occurrences(of: "<img", in: page) == 2)
    // One style sheet serves the page and all its charts.
    #expect(occurrences(of: "<style>", in: page) == 1)
  }

  @Test func pageNeedsNothingElse() throws {
    let page = try sample().html()
    let foreign = page.replacing("http://www.w3.org/2000/svg", with: "")
    for word in ["http:", "https:", "<script", "<link", "url(", "@import", "file:"] { #expect(!foreign.contains(word)) }
    #expect(
      page.hasPrefix("<!DOCTYPE html>") && page.contains("<html lang=\"en\">") && page.contains("charset=\"utf-8\""))
    #expect(page.contains("prefers-color-scheme:dark") && page.contains("@media print"))
    #expect(try sample().html() == page)
  }

  /// Everything between the style sheet and the end is well-formed XML too, once its void elements are closed.
  @Test func bodyIsWellFormed() throws {
    let page = try sample().html()
    let start = try #require(page.range(of: "<body>"))
    let end = try #require(page.range(of: "</body>"))
    let body = String(page[start.lowerBound..<end.upperBound])
    let closed = body.replacing(try Regex("(<img [^>]*)>")) { "\($0.output[1].substring ?? "")/>" }
    let root = try XMLReader.read(closed)
    #expect(root.elements("section").count == 6)
    #expect(root.elements("h2").map(\.text) == ["Numbers", "Options", "Classes", "Curves", "Images", "Log"])
  }

  @Test func picturesAreEmbeddedByteForByte() throws {
    for extra in 0..<5 {
      let png = bytes(width: 3, height: 5, extra: 256 + extra)
      var report = Report(title: "Pictures")
      report.add("", .picture(try Picture(png: png, alternative: "all bytes")))
      let page = report.html()
      let start = try #require(page.range(of: "data:image/png;base64,"))
      let text = page[start.upperBound...].prefix { $0 != "\"" }
      #expect(Data(base64Encoded: String(text)) == Data(png))
    }
  }

  @Test func smallPicturesShowTheirPixels() throws {
    let page = try sample().html()
    #expect(page.contains("alt=\"A shirt\" width=\"308\" height=\"154\" class=\"pixelated\">"))
    #expect(page.contains("alt=\"Grid\" width=\"255\" height=\"200\">"))
  }

  @Test func whatIsNoPictureIsRefused() throws {
    let jpeg = #expect(throws: PictureError.self) { try Picture(png: [0xFF, 0xD8, 0xFF], alternative: "") }
    #expect(jpeg?.description.contains("not a PNG image: it begins with [255, 216, 255]") == true)
    let short = Array(bytes(width: 1, height: 1, extra: 0).prefix(20))
    let cut = #expect(throws: PictureError.self) { try Picture(png: short, alternative: "") }
    #expect(cut?.description.contains("20 bytes that ends before its header") == true)
    #expect(throws: PictureError.self) { try Picture(png: bytes(width: 0, height: 1, extra: 0), alternative: "") }
  }

  @Test func hostileWordsAreInert() throws {
    let hostile = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>"
    var table = TextTable(columns: [.init(hostile)])
    table.add(hostile)
    var chart = LineChart(title: hostile)
    chart.add(Series(hostile, x: [0], y: [0]))
    var report = Report(title: hostile, subtitle: hostile)
    report.language = hostile
    report.footer = hostile
    let picture = try Picture(png: bytes(width: 9, height: 9, extra: 0), alternative: hostile, caption: hostile)
    report.add(
      hostile, .tiles([.init(hostile, hostile, detail: hostile)]), .settings([(hostile, hostile)]),
      .table(table, caption: hostile), .chart(chart, caption: hostile), .picture(picture), .paragraph(hostile),
      .preformatted(hostile))
    let page = report.html()
    #expect(!page.contains("<script") && occurrences(of: "<img", in: page) == 1)
    #expect(!page.contains("onerror='"))
    #expect(occurrences(of: "&lt;script&gt;alert(1)", in: page) >= 16)
  }
}
