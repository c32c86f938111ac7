import ArgumentParser
import D2LCommands
import D2LCore
import Foundation

/// `d2l image info`: what a picture is, and whether all of it can be read.
struct ImageInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Show format, size, channels and means of pictures, and whether they are whole.")

  @Argument(help: "The pictures.")
  var files: [String]

  @Flag(help: "Print a JSON array.")
  var json = false

  @Flag(help: "Read only the heads, not the pixels.")
  var headers = false

  func run() throws {
    let reports = try files.map { try PictureReport($0, readsPixels: !headers) }
    if json { try printJSON(reports) } else { print(PictureReport.table(reports)) }
    // A damaged picture is in the list, and is an error all the same.
    let damaged = reports.filter { $0.damage != nil }
    for report in damaged where !json { complain("\(report.file): \(report.damage ?? "")") }
    guard damaged.isEmpty else {
      throw CommandFailure(
        description: "\(damaged.count) of \(reports.count) pictures \(damaged.count == 1 ? "is" : "are") damaged")
    }
  }
}

/// All that `info` says of a picture.
private struct PictureReport: Encodable {
  let file: String
  let format: String
  let width: Int
  let height: Int
  let channels: Int
  let bits: Int
  let hasPalette: Bool
  let isProgressive: Bool
  let isCMYK: Bool
  /// EXIF's number, 1 for upright.
  let orientation: Int
  let means: [Double]?
  let damage: String?

  enum CodingKeys: String, CodingKey {
    case file, format, width, height, channels, bits, orientation, means, damage
    case hasPalette = "palette"
    case isProgressive = "progressive"
    case isCMYK = "cmyk"
  }

  init(_ path: String, readsPixels: Bool) throws {
    let options = ImageDecodingOptions(damage: .keep, appliesOrientation: false)
    let header = try ImageHeader(contentsOf: path)
    var decoded: DecodedImage?
    var failure: String?
    if readsPixels {
      do throws(ImageError) { decoded = try DecodedImage(contentsOf: path, options: options) } catch {
        failure = error.problem
      }
    }
    file = path
    format = header.format.rawValue
    (width, height, channels) = (header.width, header.height, header.channels)
    bits = header.bitDepth
    hasPalette = header.hasPalette
    isProgressive = header.isProgressive
    isCMYK = header.isCMYK
    orientation = header.orientation.rawValue
    means = decoded.map { PictureReport.means($0.image) }
    damage = failure ?? decoded?.warnings.first
  }

  private static func means(_ image: Image) -> [Double] {
    (0..<image.channels).map { channel in
      let samples = stride(from: channel, to: image.pixels.count, by: image.channels)
      return Double(samples.reduce(0) { $0 + Int(image.pixels[$1]) }) / Double(image.width * image.height)
    }
  }

  private var form: String {
    var parts: [String] = []
    if hasPalette { parts.append("palette") }
    if isProgressive { parts.append(format == "PNG" ? "interlaced" : "progressive") }
    if isCMYK { parts.append("CMYK") }
    if orientation != 1 { parts.append("EXIF orientation \(orientation)") }
    if damage != nil { parts.append("damaged") }
    return parts.joined(separator: ", ")
  }

  static func table(_ reports: [PictureReport]) -> TextTable {
    let hasForms = reports.contains { !$0.form.isEmpty }
    let titles = ["file", "format", "size", "channels", "bits", "channel means"] + (hasForms ? [""] : [])
    var table = TextTable(columns: titles.map { TextTable.Column($0) })
    for report in reports {
      let texts = [
        report.file, report.format, "\(report.width) x \(report.height)", String(report.channels), String(report.bits),
        report.means?.map { fixed($0, 1) }.joined(separator: " ") ?? "",
      ]
      table.add(texts + (hasForms ? [report.form] : []))
    }
    return table
  }
}
