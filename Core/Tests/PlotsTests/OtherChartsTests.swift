import D2LPlots
import Testing

@Suite struct BarChartTests {
  @Test func barsHaveTheHeightOfTheirValues() throws {
    var chart = BarChart(categories: ["a", "b", "c"], y: Axis(limits: -1...3))
    chart.add("one", values: [1, 2, -0.5])
    chart.add("two", values: [3, .nan, 0.25])
    let root = try XMLReader.read(chart.svg())
    let area = try #require(PlotArea(root))
    let unit = (area.bottom - area.top) / 4
    let one = try #require(root.series("one")).elements("rect")
    #expect(one.count == 3)
    for (bar, value) in zip(one, [1, 2, -0.5]) {
      #expect(abs(bar.number("height") - abs(value) * unit) < 0.03)
      let zero = area.bottom - unit
      #expect(abs((value > 0 ? bar.number("y") + bar.number("height") : bar.number("y")) - zero) < 0.03)
    }
    let two = try #require(root.series("two")).elements("rect")
    #expect(two.count == 2)
    #expect(two[0].number("x") >= one[0].number("x") + one[0].number("width"))
    #expect(two[0].number("x") + two[0].number("width") <= one[1].number("x"))
    #expect(two.map(\.wholeText) == ["two, a: 3", "two, c: 0.25"])
  }

  @Test func logarithmicBarsStandOnTheLowerEdge() throws {
    var chart = BarChart(categories: ["a", "b"], y: Axis(scale: .logarithmic))
    chart.add("s", values: [0.1, 1000])
    let root = try XMLReader.read(chart.svg())
    let area = try #require(PlotArea(root))
    for bar in root.series("s")?.elements("rect") ?? [] {
      #expect(abs(bar.number("y") + bar.number("height") - area.bottom) < 0.03)
      #expect(bar.number("height") > 5)
    }
    #expect(root.series("s")?.elements("rect").count == 2)
  }

  @Test func longNamesSlantAndEmptyChartsSaySo() throws {
    let names = (0..<12).map { "a rather long name \($0)" }
    var chart = BarChart(categories: names)
    chart.add("", values: names.indices)
    let root = try XMLReader.read(chart.svg(width: 400))
    let labels = root.elements("text").filter { $0.attributes["data-tick"] == "x" }
    #expect(labels.count > 6 && labels.allSatisfy { $0.attributes["transform"]?.hasPrefix("rotate") == true })
    let empty = try XMLReader.read(BarChart(categories: []).svg())
    #expect(empty.elements("text").contains { $0.wholeText == "no data" })
  }
}

@Suite struct HistogramTests {
  @Test func countsFollowTheEdges() {
    let counts = Histogram.counts(of: [0, 0.5, 1, 1.5, 2, 2.5, -1, .nan], edges: [0, 1, 2])
    #expect(counts == [2, 3])
    #expect(Histogram.counts(of: [1.0], edges: []) == [])
  }

  @Test func everyValueIsInABin() {
    var generator = Sequence64(state: 5)
    for bins in [Histogram.Bins.automatic, .count(7)] {
      for size in [1, 2, 10, 1000] {
        let values = (0..<size).map { _ in Double.random(in: -3...12, using: &generator) }
        var chart = Histogram(bins: bins)
        chart.add("", values: values)
        #expect(Histogram.counts(of: values, edges: chart.edges).reduce(0, +) == size)
        #expect(zip(chart.edges, chart.edges.dropFirst()).allSatisfy { $0 < $1 })
        if case .count = bins { #expect(chart.edges.count == 8) }
      }
    }
  }

  @Test func densityHasUnitArea() throws {
    var chart = Histogram(y: Axis("density", limits: 0...1), bins: .edges([0, 1, 3]))
    chart.isDensity = true
    chart.add("v", values: [0.5, 0.5, 2, 2.5, 9])
    let root = try XMLReader.read(chart.svg())
    let area = try #require(PlotArea(root))
    let heights = try #require(root.series("v")).elements("rect").map {
      $0.number("height") / (area.bottom - area.top)
    }
    #expect(heights.count == 2)
    #expect(abs(heights[0] - 0.5) < 0.001 && abs(heights[1] - 0.25) < 0.001)
    #expect(root.attributes["aria-label"]?.contains("1 values lie outside the intervals") == true)
  }
}

@Suite struct HeatMapTests {
  private func cells(_ root: XMLNode) -> [[XMLNode]] {
    root.all.filter { $0.attributes["data-part"] == "cells" }.map(\.children)
  }

  @Test func cellsStandInRowsFromTheTop() throws {
    let map = HeatMap(values: [[0.0, 0.25, 0.5], [0.75, .nan, 1.0]], colorMap: .greys)
    let root = try XMLReader.read(map.svg())
    let cells = try #require(cells(root).first)
    #expect(cells.count == 6)
    #expect(cells[0].number("x") == cells[3].number("x") && cells[0].number("y") < cells[3].number("y"))
    #expect(cells[0].number("x") < cells[1].number("x") && cells[0].number("y") == cells[1].number("y"))
    #expect(cells[0].attributes["fill"] == "#ffffff" && cells[5].attributes["fill"] == "#000000")
    #expect(cells[2].attributes["fill"] == "#969696")
    #expect(cells[4].attributes["fill"] == nil && cells[4].attributes["class"] == "d2l-missing")
    #expect(abs(cells[0].number("width") - cells[0].number("height")) < 0.02)
    #expect(cells[3].wholeText == "1, 0: 0.75")
  }

  @Test func panelsShareTheirColours() throws {
    let low = HeatMap.Panel("low", values: [[0, 1]])
    let high = HeatMap.Panel("high", values: [[9, 10]])
    let root = try XMLReader.read(HeatMap(panels: [low, high]).svg(width: 600))
    let panels = cells(root)
    #expect(panels.map(\.count) == [2, 2])
    #expect(panels[0][0].attributes["fill"] == "#f7fbff" && panels[1][1].attributes["fill"] == "#08306b")
    #expect(root.all.filter { $0.attributes["data-part"] == "colorbar" }.count == 1)
    let texts = root.elements("text").map(\.wholeText)
    #expect(texts.contains("low") && texts.contains("high"))
  }

  @Test func largeMapsJoinEqualNeighbours() throws {
    let root = try XMLReader.read(HeatMap(values: Array(repeating: Array(repeating: 1, count: 100), count: 100)).svg())
    #expect(cells(root).first?.count == 100)
  }

  @Test func valuesAndNamesAreShown() throws {
    var map = HeatMap(values: [[1, 2], [3, 4]])
    map.showsValues = true
    map.rowNames = ["cat", "dog"]
    map.columnNames = ["<cat>", "dog"]
    let texts = try XMLReader.read(map.svg()).elements("text").map(\.wholeText)
    for text in ["1", "2", "3", "4", "cat", "<cat>", "dog"] { #expect(texts.contains(text)) }
  }

  @Test func emptyMapsSaySo() throws {
    for values in [[], [[]], [[Double.nan]]] as [[[Double]]] {
      let root = try XMLReader.read(HeatMap(values: values).svg())
      #expect(root.elements("text").contains { ["no data", "no finite values"].contains($0.wholeText) })
    }
  }
}

@Suite struct ContourAndSurfaceTests {
  /// The contour of x² + y² at r² is a circle of radius r: every drawn point must lie on it.
  @Test func contoursLieOnTheirLevel() throws {
    let axis = Axis(limits: -2...2)
    var chart = ContourChart(x: axis, y: axis, levels: [1, 2.25]) { $0 * $0 + $1 * $1 }
    chart.showsHeights = false
    chart.add(Series("path", x: [-1.5, 0], y: [-1.5, 0], marker: .square))
    let root = try XMLReader.read(chart.svg(width: 500, height: 500))
    let area = try #require(PlotArea(root))
    let contours = try #require(root.all.first { $0.attributes["data-part"] == "contours" })
    let lines = try #require(contours.subpaths())
    #expect(lines.count == 2)
    for (line, radius) in zip(lines, [1, 1.5]) {
      #expect(line.count > 60)
      for point in line {
        let x = (point.x - area.left) / (area.right - area.left) * 4 - 2
        let y = (area.bottom - point.y) / (area.bottom - area.top) * 4 - 2
        #expect(abs((x * x + y * y).squareRoot() - radius) < 0.005)
      }
      // One closed line, not pieces.
      let (first, last) = (try #require(line.first), try #require(line.last))
      #expect(abs(first.x - last.x) < 0.02 && abs(first.y - last.y) < 0.02)
    }
    #expect(root.series("path")?.subpaths()?.first?.count == 2)
  }

  /// The hyperbola xy = 0.05 has one branch on each side of x + y = 0; the coarse grid has its saddle in one cell.
  @Test func branchesStayApartAtSaddles() throws {
    let axis = Axis(limits: -1...1)
    for (level, sign) in [(0.05, 1.0), (-0.05, -1.0)] {
      var chart = ContourChart(x: axis, y: axis, levels: [level], resolution: 3) { $0 * $1 }
      chart.showsHeights = false
      let root = try XMLReader.read(chart.svg())
      let area = try #require(PlotArea(root))
      let lines = try #require(root.all.first { $0.attributes["data-part"] == "contours" }?.subpaths())
      #expect(lines.count == 2)
      for line in lines {
        let sides = line.map { point in
          let x = (point.x - area.left) / (area.right - area.left) * 2 - 1
          let y = (area.bottom - point.y) / (area.bottom - area.top) * 2 - 1
          return x + sign * y > 0
        }
        #expect(Set(sides).count == 1)
      }
    }
  }

  @Test func functionsWithoutValuesSaySo() throws {
    let axis = Axis(limits: 0...1)
    let contours = try XMLReader.read(ContourChart(x: axis, y: axis) { _, _ in .nan }.svg())
    #expect(contours.elements("text").contains { $0.wholeText == "no data" })
    let surface = try XMLReader.read(SurfaceChart(x: axis, y: axis) { _, _ in .nan }.svg())
    #expect(surface.elements("text").contains { $0.wholeText == "no finite values" })
  }

  @Test func surfacesHaveOneMeshPerCellInsideThePicture() throws {
    let axis = Axis("x", limits: -1...1)
    let chart = SurfaceChart(title: "Saddle", x: axis, y: axis, resolution: 10) { $0 * $0 - $1 * $1 }
    let root = try XMLReader.read(chart.svg(width: 400, height: 300))
    let surface = try #require(root.all.first { $0.attributes["data-part"] == "surface" })
    let meshes = try #require(surface.subpaths())
    #expect(meshes.count == 100)
    #expect(meshes.allSatisfy { $0.count == 4 })
    #expect(meshes.joined().allSatisfy { (0...400).contains($0.x) && (0...300).contains($0.y) })
    #expect(root.attributes["aria-label"] == "Saddle. Heights from -1 to 1")
  }
}

@Suite struct PanelGridTests {
  private func panel(_ title: String, _ names: [String]) -> LineChart {
    var chart = LineChart(title: title)
    for (index, name) in names.enumerated() { chart.add(Series(name, x: [0, 1], y: [index, index + 1])) }
    return chart
  }

  @Test func sharedNamesStandOnce() throws {
    let grid = PanelGrid(title: "Both", panels: [panel("left", ["a", "b"]), panel("right", ["a", "b"])], columns: 2)
    let root = try XMLReader.read(grid.svg(width: 640, height: 300))
    let texts = root.elements("text").map(\.wholeText)
    for text in ["Both", "left", "right", "a", "b"] { #expect(texts.filter { $0 == text }.count == 1, "\(text)") }
    #expect(root.all.filter { $0.attributes["data-series"] == "a" }.count == 2)
    #expect(root.elements("style").count == 1 && root.elements("svg").count == 1)
    let moves = root.elements("g").compactMap { $0.attributes["transform"] }.filter { $0.hasPrefix("translate") }
    #expect(moves.count == 2 && moves[0].hasPrefix("translate(0 ") && moves[1].hasPrefix("translate(320 "))
  }

  @Test func otherNamesStayWithTheirPanels() throws {
    let grid = PanelGrid(panels: [panel("left", ["a"]), panel("right", ["c", "a"])])
    let texts = try XMLReader.read(grid.svg()).elements("text").map(\.wholeText)
    #expect(texts.filter { $0 == "a" }.count == 2 && texts.contains("c"))
    let empty = try XMLReader.read(PanelGrid(panels: []).svg())
    #expect(empty.elements("text").map(\.wholeText) == ["no panels"])
  }
}
