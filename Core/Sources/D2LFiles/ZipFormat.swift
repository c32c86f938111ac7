/// Signatures and limits of the zip format (PKWARE's APPNOTE.TXT 6.3.10, section 4.3).
enum ZipFormat {
  static let localHeader: UInt32 = 0x0403_4b50
  static let centralHeader: UInt32 = 0x0201_4b50
  static let end: UInt32 = 0x0605_4b50
  static let end64: UInt32 = 0x0606_4b50
  static let end64Locator: UInt32 = 0x0706_4b50

  static let localHeaderSize = 30
  static let centralHeaderSize = 46
  static let endSize = 22
  static let end64Size = 56
  static let end64LocatorSize = 20

  /// Extra field with the sizes that do not fit into 32 bits.
  static let extra64: UInt16 = 1
  /// Extra field that PyTorch pads with, "FB".
  static let extraPadding: UInt16 = 0x4246

  static let encryptedFlags: UInt16 = 1 | 1 << 6 | 1 << 13
  static let descriptorFlag: UInt16 = 1 << 3
  static let utf8Flag: UInt16 = 1 << 11

  /// No deflate data unpacks to more than this times its size (zlib's technical notes).
  static let largestRatio = 1032

  /// The text of a name whose bytes are not UTF-8: code page 437, the format's original encoding (appendix D).
  static func codePage437(_ bytes: [UInt8]) -> String {
    var result = ""
    for byte in bytes {
      result.append(byte < 128 ? Character(Unicode.Scalar(byte)) : upperHalf[Int(byte) - 128])
    }
    return result
  }

  private static let upperHalf: [Character] = Array(
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
      + "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}")
}
