/// The file formats that are read and written.
public enum ImageFormat: String, Sendable, CaseIterable {
  /// Portable Network Graphics.
  case png = "PNG"
  /// Joint Photographic Experts Group.
  case jpeg = "JPEG"

  /// Recognises a file by its first bytes, whatever its name says. Nil for anything else.
  public init?(sniffing bytes: [UInt8]) {
    // A PNG whose line ends were "corrected" in transfer still names itself; libpng then says what happened.
    if bytes.starts(with: [0x89, 0x50]) || bytes.dropFirst().starts(with: [0x50, 0x4E, 0x47]) {
      self = .png
    } else if bytes.starts(with: [0xFF, 0xD8]) {
      self = .jpeg
    } else {
      return nil
    }
  }

  /// The format that a file name's extension asks for: `png`, `jpg`, `jpeg`, in any case.
  public init?(extensionOf path: String) {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: ".") else { return nil }
    switch name[name.index(after: dot)...].lowercased() {
    case "png": self = .png
    case "jpg", "jpeg": self = .jpeg
    default: return nil
    }
  }
}

/// A guess at what unreadable bytes are, to say something better than "unknown".
func foreignFormat(_ bytes: [UInt8]) -> String? {
  func has(_ text: String, at offset: Int = 0) -> Bool { bytes.dropFirst(offset).starts(with: text.utf8) }
  if has("GIF8") { return "GIF" }
  if has("BM") { return "BMP" }
  if has("RIFF") && has("WEBP", at: 8) { return "WebP" }
  if has("II*\0") || has("MM\0*") { return "TIFF" }
  if has("ftypavif", at: 4) { return "AVIF" }
  if has("ftyphei", at: 4) { return "HEIC" }
  if has("%PDF") { return "PDF" }
  if has("<svg") || has("<?xml") { return "SVG or XML" }
  if has("<!DOCTYPE") || has("<html") { return "HTML" }
  if has("P", at: 0), let digit = bytes.dropFirst().first, (0x31...0x36).contains(digit) { return "PNM" }
  return nil
}
