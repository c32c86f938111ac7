import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// An element of a parsed XML text.
final class XMLNode {
  let name: String
  let attributes: [String: String]
  var children: [XMLNode] = []
  var text = ""

  init(name: String, attributes: [String: String]) {
    self.name = name
    self.attributes = attributes
  }

  /// The element and all below it, in document order.
  var all: [XMLNode] { [self] + children.flatMap(\.all) }

  /// The text of the element and all below it.
  var wholeText: String { all.map(\.text).joined() }

  func elements(_ name: String) -> [XMLNode] { all.filter { $0.name == name } }

  func number(_ key: String) -> Double { Double(attributes[key] ?? "") ?? .nan }

  /// The group of marks of a series.
  func series(_ name: String) -> XMLNode? { all.first { $0.attributes["data-series"] == name } }

  /// The subpaths of all paths below, each as its points; nil where the data are anything but M, L, h0 and Z.
  func subpaths() -> [[(x: Double, y: Double)]]? {
    var result: [[(x: Double, y: Double)]] = []
    for path in elements("path") {
      let data = (path.attributes["d"] ?? "").replacing("h0", with: "").replacing("Z", with: "")
      for piece in data.split(separator: "M") {
        var points: [(x: Double, y: Double)] = []
        for pair in piece.split(separator: "L") {
          let numbers = pair.split(separator: " ").compactMap { Double($0) }
          guard numbers.count == 2 else { return nil }
          points.append((numbers[0], numbers[1]))
        }
        result.append(points)
      }
    }
    return result
  }
}

/// Reads XML with Foundation's parser, which refuses what is not well-formed.
final class XMLReader: NSObject, XMLParserDelegate {
  private var open: [XMLNode] = []
  private var root: XMLNode?

  static func read(_ text: String) throws -> XMLNode {
    let reader = XMLReader()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = reader
    guard parser.parse(), let root = reader.root else {
      throw MalformedXML(reason: "line \(parser.lineNumber): \(String(describing: parser.parserError))")
    }
    return root
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    let node = XMLNode(name: name, attributes: attributes)
    open.last?.children.append(node)
    if root == nil { root = node }
    open.append(node)
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) { open.last?.text += text }
}

struct MalformedXML: Error { let reason: String }

/// Where the axes cross and end: the plot area of a picture with one pair of axes.
struct PlotArea {
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double

  init?(_ root: XMLNode) {
    guard let axes = root.all.first(where: { $0.attributes["class"] == "d2l-axis" }), axes.children.count >= 2 else {
      return nil
    }
    left = axes.children[0].number("x1")
    right = axes.children[0].number("x2")
    top = axes.children[1].number("y1")
    bottom = axes.children[1].number("y2")
  }

  func contains(_ point: (x: Double, y: Double)) -> Bool {
    let slack = 0.011
    return point.x >= left - slack && point.x <= right + slack && point.y >= top - slack && point.y <= bottom + slack
  }
}
