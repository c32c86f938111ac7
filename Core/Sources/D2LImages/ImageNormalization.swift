import D2LTensor

/// The shift and scale that a network expects its pictures in: (sample / 255 - mean) / standardDeviation, by channel.
public struct ImageNormalization: Sendable, Hashable {
  /// Mean of each channel, with samples from 0 to 1.
  public var mean: [Float]
  /// Standard deviation of each channel, with samples from 0 to 1.
  public var standardDeviation: [Float]

  /// One mean and one standard deviation for each channel.
  public init(mean: [Float], standardDeviation: [Float]) {
    require(
      mean.count == standardDeviation.count && !mean.isEmpty && !standardDeviation.contains(0), "ImageNormalization",
      "means \(mean), standard deviations \(standardDeviation); one of each for every channel, none of them 0")
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// RGB of ImageNet, as in torchvision: what nearly all pretrained networks were trained with.
  public static let imageNet = ImageNormalization(
    mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225])

  /// The value of every sample in every channel.
  func table(channels: Int) -> [[Float]] {
    require(
      mean.count == channels, "ImageNormalization",
      "\(mean.count) means for a picture of \(channels) channels; convert it with converted(toChannels: \(mean.count))")
    return (0..<channels).map { channel in
      (0..<256).map { (Float($0) / 255 - mean[channel]) / standardDeviation[channel] }
    }
  }
}
