/// Which way a camera was held, with the numbers of EXIF. Each case says where row 0 and column 0 of the file belong.
public enum ImageOrientation: Int, Sendable, CaseIterable {
  /// As it should be.
  case up = 1
  /// Mirrored left to right.
  case upMirrored = 2
  /// Upside down.
  case down = 3
  /// Mirrored top to bottom.
  case downMirrored = 4
  /// Rows and columns exchanged.
  case leftMirrored = 5
  /// To be turned clockwise by a quarter.
  case right = 6
  /// Rows and columns exchanged along the other diagonal.
  case rightMirrored = 7
  /// To be turned counterclockwise by a quarter.
  case left = 8
}

extension ImageOrientation {
  /// The orientation in an EXIF block (a small TIFF file). Nil if it has none, or is not as it should be.
  public init?(exif block: UnsafeRawBufferPointer) {
    guard block.count >= 8 else { return nil }
    let isLittleEndian: Bool
    switch (block[0], block[1]) {
    case (0x49, 0x49): isLittleEndian = true
    case (0x4D, 0x4D): isLittleEndian = false
    default: return nil
    }
    // Bytes outside of the block read as nothing; offsets stay below 2^32 and cannot overflow.
    func number(at offset: Int, bytes: Int) -> Int? {
      guard offset + bytes <= block.count else { return nil }
      let digits = block[offset..<offset + bytes]
      return isLittleEndian ? digits.reversed().reduce(0) { $0 << 8 | Int($1) } : digits.reduce(0) { $0 << 8 | Int($1) }
    }
    guard number(at: 2, bytes: 2) == 42, let directory = number(at: 4, bytes: 4),
      let entries = number(at: directory, bytes: 2)
    else { return nil }
    let (orientationTag, shortType) = (0x0112, 3)
    for entry in 0..<entries {
      let start = directory + 2 + entry * 12
      guard let tag = number(at: start, bytes: 2) else { return nil }
      guard tag == orientationTag else { continue }
      guard number(at: start + 2, bytes: 2) == shortType, number(at: start + 4, bytes: 4) == 1,
        let value = number(at: start + 8, bytes: 2)
      else { return nil }
      self.init(rawValue: value)
      return
    }
    return nil
  }
}

extension Image {
  /// The picture as it should be seen, when it was stored with `orientation`.
  public func upright(from orientation: ImageOrientation) -> Image {
    switch orientation {
    case .up: self
    case .upMirrored: flippedHorizontally()
    case .down: rotated(quarterTurns: 2)
    case .downMirrored: flippedVertically()
    case .leftMirrored: flippedVertically().rotated(quarterTurns: 1)
    case .right: rotated(quarterTurns: 1)
    case .rightMirrored: flippedHorizontally().rotated(quarterTurns: 1)
    case .left: rotated(quarterTurns: 3)
    }
  }
}
