/// A PNG image for a report, with the words that stand for it and under it.
public struct Picture: Sendable, Hashable {
  /// The bytes of the PNG file.
  public let png: [UInt8]
  /// The width in pixels, as the file says.
  public let pixelWidth: Int
  /// The height in pixels, as the file says.
  public let pixelHeight: Int
  /// What the image shows, for readers who do not see it.
  public var alternative: String
  /// The words under the image.
  public var caption: String
  /// The width on the page in pixels; nil shows small images enlarged by a whole factor, others as they are.
  public var displayWidth: Int?

  /// Takes the bytes of a PNG file.
  ///
  /// - Throws: `PictureError` if the bytes do not begin as a PNG file does.
  public init(png: [UInt8], alternative: String, caption: String = "", displayWidth: Int? = nil) throws(PictureError) {
    let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    guard png.starts(with: signature) else {
      throw PictureError(reason: "not a PNG image: it begins with \(Array(png.prefix(8))), not with \(signature)")
    }
    guard png.count >= 33, Array(png[12..<16]) == Array("IHDR".utf8) else {
      throw PictureError(reason: "a PNG image of \(png.count) bytes that ends before its header does")
    }
    func number(at offset: Int) -> Int { png[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
    let (width, height) = (number(at: 16), number(at: 20))
    guard width > 0, height > 0 else {
      throw PictureError(reason: "a PNG image of \(width) × \(height) pixels; both must be positive")
    }
    self.png = png
    pixelWidth = width
    pixelHeight = height
    self.alternative = alternative
    self.caption = caption
    self.displayWidth = displayWidth
  }

  /// The size on the page, and whether pixels show as squares.
  var display: (width: Int, height: Int, isPixelated: Bool) {
    let factor = max(1, 320 / pixelWidth)
    let width = max(1, displayWidth ?? pixelWidth * factor)
    let height = max(1, Int((Double(width) * Double(pixelHeight) / Double(pixelWidth)).rounded()))
    return (width, height, width >= 2 * pixelWidth)
  }
}

/// Why bytes cannot be shown as a picture.
public struct PictureError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong with the bytes.
  public let reason: String

  /// The reason, in words.
  public var description: String { "picture: \(reason)" }
}
