extension ImageHeader {
  /// Reads the head of a PNG or JPEG file held in memory.
  public init(decoding bytes: [UInt8], options: ImageDecodingOptions = ImageDecodingOptions()) throws(ImageError) {
    let format = try recognized(bytes, options)
    self = try bytes.withUnsafeBufferPointer { buffer -> Result<ImageHeader, ImageError> in
      Result { () throws(ImageError) in
        switch format {
        case .png: try PNGReader(buffer, options).header
        case .jpeg: try JPEGReader(buffer, options).header
        }
      }
    }.get()
  }
}

extension DecodedImage {
  /// Decodes a PNG or JPEG file held in memory. The content decides which it is.
  public init(decoding bytes: [UInt8], options: ImageDecodingOptions = ImageDecodingOptions()) throws(ImageError) {
    let format = try recognized(bytes, options)
    self = try bytes.withUnsafeBufferPointer { buffer -> Result<DecodedImage, ImageError> in
      Result { () throws(ImageError) in
        switch format {
        case .png:
          var reader = try PNGReader(buffer, options)
          let (image, warnings) = try reader.read8()
          return DecodedImage(image: image, header: reader.header, warnings: warnings)
        case .jpeg:
          var reader = try JPEGReader(buffer, options)
          let (image, warnings) = try reader.read()
          return DecodedImage(image: image, header: reader.header, warnings: warnings)
        }
      }
    }.get()
    if options.appliesOrientation { image = image.upright(from: header.orientation) }
    if let channels = options.channels { image = image.converted(toChannels: channels) }
  }
}

extension Image {
  /// Decodes a PNG or JPEG file held in memory. The content decides which it is.
  public init(decoding bytes: [UInt8], options: ImageDecodingOptions = ImageDecodingOptions()) throws(ImageError) {
    self = try DecodedImage(decoding: bytes, options: options).image
  }

  /// This image as the bytes of a file.
  public func encoded(as encoding: ImageEncoding = .png()) throws(ImageError) -> [UInt8] {
    switch encoding {
    case .png(let compression): try pngBytes(compression: compression)
    case .jpeg(let quality, let subsampling, let progressive):
      try jpegBytes(quality: quality, subsampling: subsampling, progressive: progressive)
    }
  }
}

extension Image16 {
  /// Decodes a file held in memory to 16 bits a sample; what it stores in fewer is spread over the range.
  public init(decoding bytes: [UInt8], options: ImageDecodingOptions = ImageDecodingOptions()) throws(ImageError) {
    if try recognized(bytes, options) == .jpeg {
      self.init(try Image(decoding: bytes, options: options))
      return
    }
    self = try bytes.withUnsafeBufferPointer { buffer -> Result<Image16, ImageError> in
      Result { () throws(ImageError) in
        var reader = try PNGReader(buffer, options)
        return try reader.read16()
      }
    }.get()
    if let channels = options.channels { self = converted(toChannels: channels) }
  }
}

private func recognized(_ bytes: [UInt8], _ options: ImageDecodingOptions) throws(ImageError) -> ImageFormat {
  guard bytes.count <= options.limits.maxFileSize else {
    throw ImageError(
      .tooLarge, problem: "\(bytes.count) bytes; the limit is \(options.limits.maxFileSize)",
      help: "raise ImageLimits.maxFileSize if you trust the file")
  }
  if let format = ImageFormat(sniffing: bytes) { return format }
  if bytes.isEmpty { throw ImageError(.unknownFormat, offset: 0, problem: "the file is empty") }
  let guess = foreignFormat(bytes).map { "this looks like \($0); " } ?? ""
  throw ImageError(.unknownFormat, offset: 0, problem: "\(guess)only PNG and JPEG are read")
}
