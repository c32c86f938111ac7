import ArgumentParser
import D2LCommands
import D2LCore

/// `d2l image resize`: a picture in another size.
struct ImageResizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resize", abstract: "Write a picture in another size, and cut its middle out if asked to.",
    discussion: """
      With one of --width and --height the other keeps the proportions; --shortest is how networks for ImageNet are fed: \
      `--shortest 256 --crop 224`. The result is Pillow's, bit for bit.
      """)

  /// How values between pixels are found.
  enum Filter: String, ExpressibleByArgument, CaseIterable {
    case nearest, bilinear, bicubic

    var interpolation: D2LImages.Interpolation {
      switch self {
      case .nearest: .nearest
      case .bilinear: .bilinear
      case .bicubic: .bicubic
      }
    }
  }

  @OptionGroup var picture: PictureOptions

  @Option(help: "Pixels in a row.")
  var width: Int?

  @Option(help: "Rows.")
  var height: Int?

  @Option(help: ArgumentHelp("What the shorter of width and height becomes, proportions kept.", valueName: "pixels"))
  var shortest: Int?

  @Option(help: ArgumentHelp("Then keep a square of this size in the middle.", valueName: "pixels"))
  var crop: Int?

  @Option(help: "How values between pixels are found.")
  var filter = Filter.bilinear

  @Flag(help: "Skip pixels when shrinking, as PyTorch's interpolate does, instead of averaging over them.")
  var noAntialias = false

  private static let sizes = 1...65_535

  func validate() throws {
    for (option, value) in [("--width", width), ("--height", height), ("--shortest", shortest), ("--crop", crop)] {
      guard value.map(ImageResizeCommand.sizes.contains) ?? true else {
        throw ValidationError("\(option) \(value ?? 0): a number from 1 to 65535 is expected.")
      }
    }
    guard (width != nil || height != nil) != (shortest != nil) else {
      throw ValidationError("give --width, --height or both, or else --shortest.")
    }
    guard ImageFormat(extensionOf: picture.output) != nil else {
      throw ValidationError("'\(picture.output)': the name must end with .png, .jpg or .jpeg.")
    }
  }

  func run() throws {
    let decoded = try picture.read()
    if decoded.header.bitDepth == 16 { complain("\(picture.input): 16 bits a sample are resized as 8") }
    let (width, height) = target(of: decoded.image)
    guard width * height <= ImageLimits().maxPixels else {
      throw ImageError(
        .tooLarge, file: picture.output,
        problem: "\(width) x \(height) pixels; at most \(grouped(ImageLimits().maxPixels)) are written")
    }
    let resized = decoded.image.resized(
      width: width, height: height, using: filter.interpolation, antialias: !noAntialias)
    guard let crop else { return try picture.write(resized) }
    guard crop <= min(width, height) else {
      throw ImageError(
        .unsupported, file: picture.input, problem: "a square of \(crop) pixels does not fit into \(width) x \(height)",
        help: "resize to more, or crop less")
    }
    try picture.write(resized.centerCropped(width: crop, height: crop))
  }

  private func target(of image: Image) -> (width: Int, height: Int) {
    func scaled(_ side: Int, _ new: Int, of old: Int) -> Int { max(1, side * new / old) }
    if let shortest {
      // torchvision's Resize truncates the longer side too.
      return image.width <= image.height
        ? (shortest, scaled(image.height, shortest, of: image.width))
        : (scaled(image.width, shortest, of: image.height), shortest)
    }
    return (
      width ?? height.map { scaled(image.width, $0, of: image.height) } ?? image.width,
      height ?? width.map { scaled(image.height, $0, of: image.width) } ?? image.height
    )
  }
}
