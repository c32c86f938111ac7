extension Image {
  /// Reads a PNG or JPEG file. The content decides which it is, not the name.
  public init(
    contentsOf path: String, options: ImageDecodingOptions = ImageDecodingOptions()
  ) throws(ImageError) {
    self = try DecodedImage(contentsOf: path, options: options).image
  }

  /// Writes a PNG (`.png`) or a JPEG (`.jpg`, `.jpeg`), whole or not at all.
  ///
  /// - Parameters:
  ///   - path: where to.
  ///   - encoding: how; nil for the usual of what the extension names.
  public func write(to path: String, encoding: ImageEncoding? = nil) throws(ImageError) {
    let format = ImageFormat(extensionOf: path)
    guard let encoding = encoding ?? format.map({ $0 == .png ? .png() : .jpeg() }) else {
      throw ImageError(
        .unknownFormat, file: path, problem: "the name does not say in which format to write",
        help: "end it with .png, .jpg or .jpeg")
    }
    guard format == nil || format == encoding.format else {
      throw ImageError(
        .unknownFormat, file: path, problem: "the name asks for another format than \(encoding.format.rawValue)")
    }
    try inFile(path) { () throws(ImageError) in try writeBytes(encoded(as: encoding), to: path) }
  }
}

extension DecodedImage {
  /// Reads a PNG or JPEG file. The content decides which it is, not the name.
  public init(
    contentsOf path: String, options: ImageDecodingOptions = ImageDecodingOptions()
  ) throws(ImageError) {
    self = try inFile(path) { () throws(ImageError) in
      try DecodedImage(decoding: readBytes(of: path, limit: options.limits.maxFileSize), options: options)
    }
  }
}

extension ImageHeader {
  /// Reads the head of a PNG or JPEG file.
  public init(
    contentsOf path: String, options: ImageDecodingOptions = ImageDecodingOptions()
  ) throws(ImageError) {
    self = try inFile(path) { () throws(ImageError) in
      try ImageHeader(decoding: readBytes(of: path, limit: options.limits.maxFileSize), options: options)
    }
  }
}

extension Image16 {
  /// Reads a PNG or JPEG file to 16 bits a sample.
  public init(
    contentsOf path: String, options: ImageDecodingOptions = ImageDecodingOptions()
  ) throws(ImageError) {
    self = try inFile(path) { () throws(ImageError) in
      try Image16(decoding: readBytes(of: path, limit: options.limits.maxFileSize), options: options)
    }
  }

  /// Writes a PNG with 16 bits a sample, whole or not at all.
  public func write(to path: String, compression: Int = 6) throws(ImageError) {
    guard ImageFormat(extensionOf: path) == .png else {
      throw ImageError(
        .unknownFormat, file: path, problem: "only a PNG holds 16 bits a sample", help: "end the name with .png")
    }
    try inFile(path) { () throws(ImageError) in try writeBytes(pngBytes(compression: compression), to: path) }
  }
}

/// Adds the file's name to what goes wrong in `body`.
private func inFile<R>(_ path: String, _ body: () throws(ImageError) -> R) throws(ImageError) -> R {
  do throws(ImageError) { return try body() } catch { throw error.inFile(path) }
}
