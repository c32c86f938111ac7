import ArgumentParser
import D2LCommands
import D2LCore
import Foundation

/// `d2l image convert`: a picture in another format, or as an array.
struct ImageConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Write a picture as PNG or JPEG, or as an array for NumPy and `d2l run`.",
    discussion: """
      Upright, as EXIF says. From PNG to PNG the 16 bits of a sample are kept. A name that ends with .npy gets the samples as they are, \
      [height, width, channels] of uint8 (int32 of 16-bit samples), or what a network takes with --tensor.
      """)

  /// What of a picture goes into a network.
  enum NetworkInput: String, ExpressibleByArgument, CaseIterable {
    /// From 0 to 1.
    case unit
    /// Less ImageNet's means, over its standard deviations.
    case imagenet
  }

  @OptionGroup var picture: PictureOptions

  @Option(
    help: "Write float32 [1, channels, height, width]: from 0 to 1, or normalised as networks for ImageNet take it.")
  var tensor: NetworkInput?

  func validate() throws {
    let isArray = picture.output.hasSuffix(".npy")
    guard isArray || ImageFormat(extensionOf: picture.output) != nil else {
      throw ValidationError("'\(picture.output)': the name must end with .png, .jpg, .jpeg or .npy.")
    }
    guard tensor == nil || isArray else { throw ValidationError("--tensor goes with a name that ends with .npy.") }
  }

  func run() throws {
    let header = try ImageHeader(contentsOf: picture.input, options: picture.decoding)
    let isWide = header.bitDepth == 16 && tensor == nil && ImageFormat(extensionOf: picture.output) != .jpeg
    if picture.output.hasSuffix(".npy") {
      let array = try isWide ? Tensor<Int32>(wide()).erased : array(of: picture.read().image)
      try Npy.write(array, to: picture.output)
      print("\(picture.output): \(array.shape) of \(array.dtype)")
    } else if isWide {
      let image = try wide()
      try image.write(to: picture.output)
      picture.say(image.width, image.height, image.channels, bits: 16)
    } else {
      try picture.write(picture.read().image)
    }
  }

  private func wide() throws -> Image16 { try Image16(contentsOf: picture.input, options: picture.decoding) }

  private func array(of image: Image) throws -> AnyTensor {
    switch tensor {
    case nil: return Tensor<UInt8>(image).erased
    case .unit: return Tensor<Float>(image).unsqueezed(axis: 0).erased
    case .imagenet:
      let color = image.converted(toChannels: 3)
      return Tensor<Float>(color, normalizedBy: .imageNet).unsqueezed(axis: 0).erased
    }
  }
}
