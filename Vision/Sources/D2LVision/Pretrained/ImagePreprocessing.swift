import D2LCore

/// What is done to a picture before a trained network sees it: the shorter side resized, the middle cut out, channels normalised.
///
/// For PNG and JPEG pictures of three channels the numbers are those of torchvision's `ImageClassification` on a PIL image.
public struct ImagePreprocessing: Sendable, Hashable {
  /// What the shorter side becomes, in pixels.
  public var shorterSide: Int
  /// Side of the square that is cut out of the middle.
  public var crop: Int
  /// The shift and scale of each channel.
  public var normalization: ImageNormalization

  /// Preprocessing by its numbers.
  public init(shorterSide: Int, crop: Int, normalization: ImageNormalization = .imageNet) {
    require(crop > 0 && crop <= shorterSide, "ImagePreprocessing", "\(crop) pixels out of \(shorterSide)")
    self.shorterSide = shorterSide
    self.crop = crop
    self.normalization = normalization
  }

  /// 256 pixels, the middle 224 of them, ImageNet's statistics: of most networks, MXNet Gluon's too.
  public static let imageNet = ImagePreprocessing(shorterSide: 256, crop: 224)

  /// The same in proportion for another size of the network's input: 224 out of 256 become 96 out of 110.
  public static func imageNet(crop: Int) -> ImagePreprocessing {
    ImagePreprocessing(shorterSide: max(crop, crop * 256 / 224), crop: crop)
  }

  /// The transforms alone, for a dataset.
  public var pipeline: ImagePipeline {
    ImagePipeline([ResizedCenterCrop(crop, shorterSide: shorterSide)], normalization: normalization)
  }

  /// The middle of a picture, as the network sees it: three channels.
  public func cropped(_ image: Image) -> Image {
    ResizedCenterCrop(crop, shorterSide: shorterSide)(image.channels == 3 ? image : image.converted(toChannels: 3))
  }

  /// The network's input, `[3, crop, crop]`.
  public func callAsFunction(_ image: Image) -> Tensor<Float> {
    Tensor(cropped(image), normalizedBy: normalization)
  }
}
