import D2LTensor

extension Tensor where Scalar == UInt8 {
  /// The samples of a picture as they lie: `[height, width, channels]`.
  public init(_ image: Image) {
    self.init(shape: [image.height, image.width, image.channels], values: image.pixels)
  }
}

extension Tensor where Scalar == Int32 {
  /// The samples of a 16-bit picture as they lie: `[height, width, channels]`.
  public init(_ image: Image16) {
    self.init(shape: [image.height, image.width, image.channels], values: image.pixels.map { Int32($0) })
  }
}

extension Tensor where Scalar == Float {
  /// A picture as networks take it, `[channels, height, width]`: from 0 to 1, or normalized.
  ///
  /// ```swift
  /// let photo = try Image(contentsOf: "cat.jpg", options: ImageDecodingOptions(channels: 3))
  /// let x = Tensor<Float>(photo.resized(width: 224, height: 224), normalizedBy: .imageNet)  // [3, 224, 224]
  /// ```
  public init(_ image: Image, normalizedBy normalization: ImageNormalization? = nil) {
    let (channels, area) = (image.channels, image.width * image.height)
    let plain = (0..<256).map { Float($0) / 255 }
    let tables = normalization?.table(channels: channels) ?? [[Float]](repeating: plain, count: channels)
    self.init(shape: [channels, image.height, image.width]) { buffer in
      image.pixels.withUnsafeBufferPointer { pixels in
        for channel in 0..<channels {
          tables[channel].withUnsafeBufferPointer { table in
            for place in 0..<area { buffer[channel * area + place] = table[Int(pixels[place * channels + channel])] }
          }
        }
      }
    }
  }
}

extension Image {
  /// The picture in an array `[height, width, channels]`, or `[height, width]` for gray.
  public init(_ tensor: Tensor<UInt8>) {
    let shape = tensor.shape
    require(
      shape.count == 2 || (shape.count == 3 && (1...4).contains(shape[2])), "Image",
      "an array of shape \(shape) is no picture [height, width, channels] with 1 to 4 channels")
    self.init(width: shape[1], height: shape[0], channels: shape.count == 3 ? shape[2] : 1, pixels: tensor.values)
  }

  /// The picture in an array `[channels, height, width]`, or `[height, width]` for gray.
  ///
  /// - Parameters:
  ///   - tensor: the picture.
  ///   - range: the values that become black and white; those beyond are clipped to them, NaN is black.
  public init(_ tensor: Tensor<Float>, mapping range: ClosedRange<Float> = 0...1) {
    require(
      range.upperBound > range.lowerBound && range.upperBound - range.lowerBound < .infinity, "Image",
      "the range \(range) has no width to map")
    let scale = 255 / (range.upperBound - range.lowerBound)
    self.init(tensor) { value, _ in (value - range.lowerBound) * scale }
  }

  /// The picture in an array `[channels, height, width]` that was normalized, as it was before.
  ///
  /// Values that were no sample of a picture are clipped to black and white, NaN is black.
  public init(_ tensor: Tensor<Float>, undoing normalization: ImageNormalization) {
    let channels = tensor.rank == 3 ? tensor.shape[0] : 1
    require(
      normalization.mean.count == channels, "Image",
      "\(normalization.mean.count) means for an array of shape \(tensor.shape)")
    self.init(tensor) { value, channel in
      (value * normalization.standardDeviation[channel] + normalization.mean[channel]) * 255
    }
  }

  private init(_ tensor: Tensor<Float>, level: (_ value: Float, _ channel: Int) -> Float) {
    let shape = tensor.shape
    require(
      shape.count == 2 || (shape.count == 3 && (1...4).contains(shape[0])), "Image",
      "an array of shape \(shape) is no picture [channels, height, width] with 1 to 4 channels")
    let channels = shape.count == 3 ? shape[0] : 1
    let (height, width) = (shape[shape.count - 2], shape[shape.count - 1])
    let area = width * height
    var pixels = [UInt8](repeating: 0, count: area * channels)
    tensor.withUnsafeBufferPointer { values in
      for channel in 0..<channels {
        for place in 0..<area {
          let bounded = Swift.min(Swift.max(level(values[channel * area + place], channel), 0), 255)
          pixels[place * channels + channel] = bounded.isNaN ? 0 : UInt8(bounded.rounded())
        }
      }
    }
    self.init(width: width, height: height, channels: channels, pixels: pixels)
  }
}

extension Array where Element == Image {
  /// The pictures of a batch `[count, channels, height, width]`, for an ``ImageGrid`` for example.
  ///
  /// - Parameter range: the values that become black and white, as in ``Image/init(_:mapping:)``.
  public init(batch: Tensor<Float>, mapping range: ClosedRange<Float> = 0...1) {
    require(
      batch.rank == 4, "images", "an array of shape \(batch.shape) is no batch [count, channels, height, width]")
    let shape = batch.shape
    let size = shape[1] * shape[2] * shape[3]
    let values = batch.values
    self = (0..<shape[0]).map { index in
      let picture = Tensor<Float>(
        shape: [shape[1], shape[2], shape[3]], values: [Float](values[index * size..<(index + 1) * size]))
      return Image(picture, mapping: range)
    }
  }
}
