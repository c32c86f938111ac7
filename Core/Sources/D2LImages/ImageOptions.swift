import CD2LImages

/// How large an image may be. Checked against a file's head before anything of that size is allocated.
public struct ImageLimits: Sendable, Hashable {
  /// The widest image.
  public var maxWidth = 65_535
  /// The highest image.
  public var maxHeight = 65_535
  /// The most pixels.
  public var maxPixels = 100_000_000
  /// The largest file, in bytes.
  public var maxFileSize = 1 << 30
  /// The most memory for one auxiliary chunk of a PNG, in bytes.
  public var maxChunkSize = 8 << 20
  /// The most scans of a progressive JPEG; ordinary ones have about ten, and each costs a pass over the image.
  public var maxScans = 100

  /// Limits that ordinary photographs stay far below.
  public init() {}

  /// The same with another bound on pixels.
  public init(maxPixels: Int) { self.maxPixels = maxPixels }
}

/// What to do with a file that is damaged in a way the decoder can paper over.
public enum ImageDamage: Sendable, Hashable {
  /// Throw an error: gray areas and garbage make bad training data.
  case refuse
  /// Decode what there is and report the damage in ``DecodedImage/warnings``.
  case keep
}

/// How a file becomes an image.
public struct ImageDecodingOptions: Sendable, Hashable {
  /// Channels of the result (1 to 4); nil for those of the file.
  public var channels: Int?
  /// Bounds on what is read.
  public var limits = ImageLimits()
  /// What becomes of damaged files.
  public var damage = ImageDamage.refuse
  /// Whether a JPEG's EXIF orientation is applied, so that up is up.
  public var appliesOrientation = true

  /// The usual: channels of the file, strict, upright.
  public init(
    channels: Int? = nil, limits: ImageLimits = ImageLimits(), damage: ImageDamage = .refuse,
    appliesOrientation: Bool = true
  ) {
    self.channels = channels
    self.limits = limits
    self.damage = damage
    self.appliesOrientation = appliesOrientation
  }

  var cLimits: d2l_image_limits {
    func clamped<T: FixedWidthInteger>(_ value: Int, _: T.Type) -> T { T(clamping: max(value, 0)) }
    return d2l_image_limits(
      // PNG stops at 2^31 - 1.
      max_width: min(clamped(limits.maxWidth, UInt32.self), UInt32(Int32.max)),
      max_height: min(clamped(limits.maxHeight, UInt32.self), UInt32(Int32.max)),
      max_pixels: clamped(limits.maxPixels, UInt64.self), max_chunk_bytes: clamped(limits.maxChunkSize, UInt64.self),
      max_scans: clamped(limits.maxScans, Int32.self), refuse_warnings: damage == .refuse ? 1 : 0)
  }
}

/// What the head of a file says; nothing of the pixels is decoded for it.
public struct ImageHeader: Sendable, Hashable {
  /// By content, not by name.
  public var format: ImageFormat
  /// Pixels in a row, as stored.
  public var width: Int
  /// Rows, as stored.
  public var height: Int
  /// Channels of the decoded image: a palette counts as RGB or RGBA, CMYK as RGB.
  public var channels: Int
  /// Bits of a stored sample (or palette index).
  public var bitDepth: Int
  /// Whether pixels are indices into a palette.
  public var hasPalette: Bool
  /// Whether the file builds up in passes: interlaced PNG, progressive JPEG.
  public var isProgressive: Bool
  /// Whether a JPEG holds CMYK or YCCK.
  public var isCMYK: Bool
  /// Which way up it was taken.
  public var orientation: ImageOrientation
}

/// An image with what the decoder had to say about its file.
public struct DecodedImage: Sendable, Hashable {
  /// The pixels.
  public var image: Image
  /// What the file's head said.
  public var header: ImageHeader
  /// Damage that was papered over; see ``ImageDamage/keep``.
  public var warnings: [String]
}

/// How an image becomes a file.
public enum ImageEncoding: Sendable, Hashable {
  /// Lossless. Compression from 0 (none) to 9 (smallest).
  case png(compression: Int = 6)
  /// Lossy. Quality from 1 to 100.
  case jpeg(quality: Int = 90, subsampling: ChromaSubsampling = .s420, progressive: Bool = false)

  /// The format of the file.
  public var format: ImageFormat {
    switch self {
    case .png: .png
    case .jpeg: .jpeg
    }
  }
}

/// How much coarser a JPEG stores color than brightness.
public enum ChromaSubsampling: Sendable, Hashable, CaseIterable {
  /// Color as fine as brightness.
  case s444
  /// Half the columns.
  case s422
  /// Half the columns and half the rows.
  case s420

  var factors: (horizontal: Int32, vertical: Int32) {
    switch self {
    case .s444: (1, 1)
    case .s422: (2, 1)
    case .s420: (2, 2)
    }
  }
}
