/// What a layer sees of an image for one place of its output: a window that moves in strides. Pairs are (height, width).
public struct SlidingWindow: Sendable {
  /// The window's size.
  public let kernel: (Int, Int)
  /// Steps between windows.
  public let stride: (Int, Int)
  /// Pixels added on each side.
  public let padding: (Int, Int)
  /// Distance between the elements of a window.
  public let dilation: (Int, Int)
}

/// A layer that looks at images through a sliding window: a convolution, a pooling.
public protocol WindowedLayer: Layer {
  /// The window.
  var window: SlidingWindow { get }
}

extension Conv2d: WindowedLayer {
  /// The kernel's extent, with the layer's geometry.
  public var window: SlidingWindow {
    SlidingWindow(
      kernel: (weight.shape[2], weight.shape[3]), stride: geometry.stride, padding: geometry.padding,
      dilation: geometry.dilation)
  }
}

extension MaxPool2d: WindowedLayer {
  /// The window of which the largest is taken.
  public var window: SlidingWindow {
    SlidingWindow(kernel: kernel, stride: stride, padding: padding, dilation: (1, 1))
  }
}

extension AvgPool2d: WindowedLayer {
  /// The window of which the mean is taken.
  public var window: SlidingWindow {
    SlidingWindow(kernel: kernel, stride: stride, padding: padding, dilation: (1, 1))
  }
}
