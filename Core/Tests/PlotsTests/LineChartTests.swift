import D2LPlots
import Testing

private func sample() -> LineChart {
  var chart = LineChart(title: "Learning", x: Axis("epoch"), y: Axis("loss"))
  chart.add(Series("train", x: 1...5, y: [2.0, 1.5, 1.2, 1.0, 0.9], marker: .circle))
  chart.add(Series("test", x: 1...5, y: [2.1, 1.7, 1.5, 1.4, 1.35], dash: .dashed))
  return chart
}

@Suite struct LineChartTests {
  @Test func everyPointIsDrawnInsideThePlot() throws {
    let root = try XMLReader.read(sample().svg(width: 480, height: 320))
    #expect(root.attributes["viewBox"] == "0 0 480 320")
    let area = try #require(PlotArea(root))
    #expect(area.left > 20 && area.right < 480 && area.top > 20 && area.bottom < 320)
    for (name, markers) in [("train", 5), ("test", 0)] {
      let series = try #require(root.series(name))
      let paths = try #require(series.subpaths())
      #expect(paths.count == 1)
      #expect(paths[0].count == 5)
      #expect(paths[0].allSatisfy(area.contains))
      // The data rise in x and fall in y; pictures count y downwards.
      #expect(zip(paths[0], paths[0].dropFirst()).allSatisfy { $0.x < $1.x && $0.y < $1.y })
      #expect(series.elements("circle").count == markers)
    }
    let dashes = try #require(root.series("test")).elements("path").map { $0.attributes["stroke-dasharray"] }
    #expect(dashes == ["6 4"])
  }

  @Test func positionsAreProportionalToValues() throws {
    var chart = LineChart(x: Axis(limits: 0...10), y: Axis(limits: -1...1))
    chart.add(Series("", x: [0, 5, 10], y: [-1, 0, 1]))
    let root = try XMLReader.read(chart.svg())
    let area = try #require(PlotArea(root))
    let points = try #require(root.series("")?.subpaths()?.first)
    #expect(points.count == 3)
    for (point, share) in zip(points, [0, 0.5, 1]) {
      #expect(abs(point.x - (area.left + share * (area.right - area.left))) < 0.02)
      #expect(abs(point.y - (area.bottom - share * (area.bottom - area.top))) < 0.02)
    }
  }

  @Test func logarithmicAxisSpacesDecadesEvenly() throws {
    var chart = LineChart(x: Axis(scale: .logarithmic), y: Axis(scale: .logarithmic, limits: 0.001...10))
    chart.add(Series("a", x: [1, 10, 100, 1000], y: [0.001, 0.1, 1, 10]))
    let root = try XMLReader.read(chart.svg())
    let points = try #require(root.series("a")?.subpaths()?.first)
    let steps = zip(points, points.dropFirst()).map { $1.x - $0.x }
    #expect(steps.allSatisfy { abs($0 - steps[0]) < 0.03 } && steps[0] > 10)
    let rises = zip(points, points.dropFirst()).map { $0.y - $1.y }
    #expect(abs(rises[0] - 2 * rises[1]) < 0.04)
    let labels = root.elements("text").filter { $0.attributes["data-tick"] == "y" }.map(\.wholeText)
    #expect(labels == ["0.001", "0.01", "0.1", "1", "10"])
  }

  @Test func tickLabelsDoNotTouch() throws {
    var generator = Sequence64(state: 4)
    for _ in 0..<200 {
      let scale = Double.random(in: 1e-6...1e6, using: &generator)
      let width = Double.random(in: 140...800, using: &generator).rounded()
      var chart = LineChart(x: Axis("x"), y: Axis("y"))
      let xs = (0..<5).map { _ in Double.random(in: -scale...scale, using: &generator) }
      chart.add(Series("", x: xs, y: xs))
      let root = try XMLReader.read(chart.svg(width: width, height: 240))
      let ticks = root.elements("text").filter { $0.attributes["data-tick"] == "x" }
      #expect(ticks.count >= 1)
      // Six pixels a character is what an 11 pixel font needs on average.
      let spans = ticks.map { tick in
        let half = Double(tick.wholeText.count) * 3
        return (tick.number("x") - half, tick.number("x") + half)
      }
      #expect(zip(spans, spans.dropFirst()).allSatisfy { $0.1 < $1.0 }, "\(ticks.map(\.wholeText)) in \(width)")
      #expect(spans.allSatisfy { $0.0 >= 0 && $0.1 <= width })
    }
  }

  @Test func valuesThatCannotBeShownLeaveGaps() throws {
    var chart = LineChart(title: "Gaps")
    chart.add(Series("a", x: 0..<7, y: [1, 2, .nan, 4, .infinity, 6, 7]))
    let root = try XMLReader.read(chart.svg())
    #expect(root.series("a")?.subpaths()?.map(\.count) == [2, 1, 2])
    #expect(root.attributes["aria-label"]?.contains("2 of 7 points cannot be shown") == true)
    chart.y.scale = .logarithmic
    chart.add(Series("b", x: 0..<3, y: [1, 0, -1]))
    let logarithmic = try XMLReader.read(chart.svg())
    #expect(logarithmic.series("b")?.subpaths()?.map(\.count) == [1])
    #expect(logarithmic.attributes["aria-label"]?.contains("4 of 10 points cannot be shown") == true)
  }

  @Test(arguments: [
    ([] as [Double], Axis.Scale.linear, "no data"),
    ([.nan, .infinity], .linear, "no finite values"),
    ([-1, 0], .logarithmic, "no positive values for the logarithmic axis"),
  ])
  func chartsWithoutDataSaySo(values: [Double], scale: Axis.Scale, message: String) throws {
    var chart = LineChart(title: "Empty", y: Axis("y", scale: scale))
    chart.add(Series("a", y: values))
    let root = try XMLReader.read(chart.svg())
    #expect(root.elements("text").contains { $0.wholeText == message })
    #expect(root.elements("path").isEmpty)
  }

  @Test func linesAreCutAtTheLimits() throws {
    var chart = LineChart(x: Axis(limits: 0...10), y: Axis(limits: 0...1))
    chart.add(Series("a", x: [-5, 5, 15], y: [0.5, 0.5, 0.5], marker: .circle))
    chart.add(Series("spike", x: [1, 2, 3], y: [0.5, 1e300, 0.5]))
    let root = try XMLReader.read(chart.svg())
    let area = try #require(PlotArea(root))
    let points = try #require(root.series("a")?.subpaths()?.first)
    let places: [Double] = [area.left, (area.left + area.right) / 2, area.right]
    #expect(points.map(\.x) == places.map { ($0 * 100).rounded() / 100 })
    #expect(root.series("a")?.elements("circle").count == 1)
    let spike = try #require(root.series("spike")?.subpaths())
    #expect(spike.count == 2)
    #expect(spike.joined().allSatisfy(area.contains))
  }

  @Test func stylesHaveTheirShapes() throws {
    var chart = LineChart()
    chart.add(Series("points", x: 0..<4, y: [1, 2, 3, 4], style: .points))
    chart.add(Series("step", x: 0..<4, y: [1, 2, 3, 4], style: .step))
    chart.add(Series("stems", x: 0..<4, y: [1, 2, 3, 4], style: .stems))
    chart.add(Band("band", x: 0..<3, lower: [0, 0, 0], upper: [1.0, 2, .nan]))
    let root = try XMLReader.read(chart.svg())
    #expect(root.series("points")?.elements("circle").count == 4)
    #expect(root.series("points")?.elements("path").isEmpty == true)
    #expect(root.series("step")?.subpaths()?.map(\.count) == [7])
    let stems = try #require(root.series("stems")?.subpaths())
    #expect(stems.map(\.count) == [2, 2, 2, 2])
    #expect(stems.allSatisfy { $0[0].x == $0[1].x && $0[0].y > $0[1].y })
    let band = try #require(root.all.first { $0.attributes["data-band"] == "band" })
    #expect(band.subpaths()?.map(\.count) == [4])
  }

  @Test func referenceLinesAndArrows() throws {
    var chart = sample()
    chart.add(ReferenceLine.horizontal(at: 1.5, label: "goal"))
    chart.add(ReferenceLine.vertical(at: 3))
    chart.add(ReferenceLine.vertical(at: .nan, label: "nowhere"))
    chart.add(Annotation("here", at: (3, 1.2), textAt: (4, 2)))
    let root = try XMLReader.read(chart.svg())
    let lines = root.elements("line").filter { $0.attributes["class"] == "d2l-reference" }
    #expect(lines.count == 2)
    let area = try #require(PlotArea(root))
    #expect(lines[0].number("y1") == lines[0].number("y2"))
    #expect(lines[0].number("x1") == area.left && lines[0].number("x2") == area.right)
    #expect(lines[1].number("x1") == lines[1].number("x2"))
    let arrow = try #require(root.elements("line").first { $0.attributes["class"] == "d2l-arrow" })
    let target = try #require(root.series("train")?.subpaths()?.first)[2]
    let (dx, dy) = (arrow.number("x2") - target.x, arrow.number("y2") - target.y)
    #expect((dx * dx + dy * dy).squareRoot() < 12)
    #expect(root.elements("text").map(\.wholeText).contains("here"))
  }

  @Test func manyPointsKeepTheirExtremes() throws {
    var values = Array(repeating: 0.0, count: 100_000)
    values[77_777] = 5
    var chart = LineChart(y: Axis(limits: -1...5))
    chart.add(Series("a", y: values))
    let text = chart.svg()
    #expect(text.utf8.count < 120_000)
    let root = try XMLReader.read(text)
    let area = try #require(PlotArea(root))
    let top = try #require(root.series("a")?.subpaths()?.joined().map(\.y).min())
    #expect(abs(top - area.top) < 0.02)
  }

  @Test func legendsNameWhatHasAName() throws {
    var chart = sample()
    chart.add(Series("", x: 1...5, y: 1...5))
    let names = Set(["train", "test"])
    for position in [LegendPosition.top, .right, .hidden] {
      chart.legend = position
      let texts = try XMLReader.read(chart.svg()).elements("text").map(\.wholeText)
      #expect(texts.filter(names.contains).count == (position == .hidden ? 0 : 2))
    }
    #expect(chart.legendEntries.map(\.name) == ["train", "test"])
    #expect(Set(chart.legendEntries.map(\.color)).count == 2)
  }

  @Test func hostileWordsAreInert() throws {
    let hostile = "<script>alert('x')</script> & \"quoted\" \u{0}\u{1B}[31m ]]>"
    var chart = LineChart(title: hostile, x: Axis(hostile), y: Axis(hostile))
    chart.add(Series(hostile, x: [0, 1], y: [0, 1]))
    chart.add(ReferenceLine.horizontal(at: 0.5, label: hostile))
    chart.add(Annotation(hostile, at: (0, 0), textAt: (0.5, 0.7)))
    let text = chart.svg(width: 1400, height: 700)
    #expect(!text.contains("<script"))
    let root = try XMLReader.read(text)
    #expect(root.elements("script").isEmpty)
    let shown = hostile.replacing("\u{0}", with: "\u{FFFD}").replacing("\u{1B}", with: "\u{FFFD}")
    #expect(root.elements("text").filter { $0.wholeText == shown }.count >= 5)
    #expect(root.series(shown) != nil)
  }

  @Test func sameChartSameBytesAndNoIds() {
    let text = sample().svg()
    #expect(text == sample().svg())
    var other = sample()
    other.title = "Other"
    #expect(text != other.svg())
    // Pictures in one page must not clash: no ids, no references, and every rule bound to the picture's own class.
    #expect(!text.contains(" id=") && !text.contains("url(") && !text.contains("href"))
    #expect(text.contains("prefers-color-scheme:dark"))
  }

  @Test func sizesThatCannotBeAreRaised() throws {
    for size in [0, -5, .nan, .infinity, 1] {
      let root = try XMLReader.read(sample().svg(width: size, height: size))
      #expect(root.number("width") >= 120 && root.number("height") >= 90)
    }
  }

  @Test func hugeAndTinyValuesStayInside() throws {
    for values: [Double] in [[-1e308, 1e308], [0, .leastNonzeroMagnitude], [1e15, 1e15 + 1], [7, 7], [0, 0]] {
      var chart = LineChart()
      chart.add(Series("a", y: values))
      let root = try XMLReader.read(chart.svg())
      let area = try #require(PlotArea(root))
      let points = try #require(root.series("a")?.subpaths())
      #expect(points.map(\.count) == [2], "\(values)")
      #expect(points.joined().allSatisfy(area.contains))
    }
  }

  @Test func differentCountsOfCoordinatesStop() async {
    let stop = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Series("loss", x: [1, 2, 3], y: [0.5])
    }
    let text = String(decoding: stop?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("\"loss\" has 3 x values and 1 y values"))
  }
}
