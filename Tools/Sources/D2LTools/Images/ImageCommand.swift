import ArgumentParser
import D2LCommands
import D2LCore
import Foundation

/// `d2l image`: pictures.
struct ImageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image", abstract: "Show, convert and resize PNG and JPEG pictures.",
    subcommands: [ImageInfoCommand.self, ImageConvertCommand.self, ImageResizeCommand.self])
}

/// How a picture is read and written, on the command line.
struct PictureOptions: ParsableArguments {
  @Argument(help: "The picture to read, PNG or JPEG.")
  var input: String

  @Argument(help: "The picture to write, .png or .jpg. It is replaced if it exists.")
  var output: String

  @Option(help: "1 gray, 2 gray and alpha, 3 RGB, 4 RGBA. (default: as in the file)")
  var channels: Int?

  @Option(help: "Of a JPEG, from 1 to 100. (default: 90)")
  var quality: Int?

  @Flag(help: "Write a JPEG that builds up in passes.")
  var progressive = false

  @Flag(help: "Read what there is of a damaged file, and say what is wrong.")
  var keepDamage = false

  func validate() throws {
    guard channels.map({ 1...4 ~= $0 }) ?? true else {
      throw ValidationError("--channels \(channels ?? 0): a number from 1 to 4 is expected.")
    }
    guard quality.map({ 1...100 ~= $0 }) ?? true else {
      throw ValidationError("--quality \(quality ?? 0): a number from 1 to 100 is expected.")
    }
    guard isJPEG || quality == nil && !progressive else {
      throw ValidationError("--quality and --progressive go with a name that ends with .jpg or .jpeg.")
    }
  }

  private var isJPEG: Bool { ImageFormat(extensionOf: output) == .jpeg }

  var decoding: ImageDecodingOptions { ImageDecodingOptions(channels: channels, damage: keepDamage ? .keep : .refuse) }

  /// The picture, upright. What was wrong with the file goes to standard error.
  func read() throws -> DecodedImage {
    let decoded = try DecodedImage(contentsOf: input, options: decoding)
    for warning in decoded.warnings { complain("\(input): \(warning)") }
    return decoded
  }

  /// Writes it, and says so. A picture with alpha has no place in a JPEG.
  func write(_ image: Image) throws {
    if isJPEG, image.channels % 2 == 0 {
      throw ImageError(
        .unsupported, file: output, problem: "a JPEG has no alpha, the picture has \(image.channels) channels",
        help: "drop it with --channels \(image.channels - 1), or write a .png")
    }
    try image.write(to: output, encoding: isJPEG ? .jpeg(quality: quality ?? 90, progressive: progressive) : nil)
    say(image.width, image.height, image.channels)
  }

  func say(_ width: Int, _ height: Int, _ channels: Int, bits: Int = 8) {
    print("\(output): \(width) x \(height), \(channels) \(channels == 1 ? "channel" : "channels") of \(bits) bits")
  }
}
