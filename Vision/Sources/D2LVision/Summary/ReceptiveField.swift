import D2LCore

/// The part of an image that one place of a layer's output depends on, and how far it moves to the next place. Pairs are (height, width), in pixels.
///
/// Kernels, strides, paddings and dilations decide it (Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks", 2019); of
/// paths side by side it covers all.
public struct ReceptiveField: Sendable, Hashable, CustomStringConvertible {
  /// One direction: the first and last pixel that the output's first place depends on, and the pixels between neighbours.
  struct Extent: Sendable, Hashable {
    var first = 0
    var last = 0
    var stride = 1

    mutating func slide(kernel: Int, stride step: Int, padding: Int, dilation: Int) {
      first -= padding * stride
      last += ((kernel - 1) * dilation - padding) * stride
      stride *= step
    }

    func union(_ other: Extent) -> Extent {
      Extent(first: min(first, other.first), last: max(last, other.last), stride: max(stride, other.stride))
    }
  }

  var vertical = Extent()
  var horizontal = Extent()

  /// The size of the part.
  public var size: (height: Int, width: Int) {
    (vertical.last - vertical.first + 1, horizontal.last - horizontal.first + 1)
  }

  /// Pixels of the image between neighbours of the output.
  public var stride: (height: Int, width: Int) { (vertical.stride, horizontal.stride) }

  /// Where the part of the first place (top left) begins; negative where it reaches into the padding.
  public var start: (row: Int, column: Int) { (vertical.first, horizontal.first) }

  /// "43×43, every 8".
  public var description: String {
    let step = stride.height == stride.width ? "\(stride.height)" : "\(stride.height)×\(stride.width)"
    return "\(size.height)×\(size.width), every \(step)"
  }
}

/// A layer made of others, in one path or in several side by side.
public protocol PathedLayer: Layer {
  /// The layers of each path in order, as far as their windows go: activations may be left out.
  var paths: [[any Layer]] { get }
}

extension ReceptiveField {
  /// What a place behind `layer` sees, of an image that a place before it sees through this one; nil where it is the whole image.
  func behind(_ layer: any Layer) -> ReceptiveField? {
    switch layer {
    case let layer as any WindowedLayer:
      let window = layer.window
      var result = self
      result.vertical.slide(
        kernel: window.kernel.0, stride: window.stride.0, padding: window.padding.0, dilation: window.dilation.0)
      result.horizontal.slide(
        kernel: window.kernel.1, stride: window.stride.1, padding: window.padding.1, dilation: window.dilation.1)
      return result
    case is Sequential, is any StagedNetwork: return behind((parts(of: layer) ?? []).map(\.layer))
    case let layer as any PathedLayer:
      let ends = layer.paths.map { behind($0) }
      return ends.reduce(ends.first ?? self) { whole, end in
        guard let whole, let end else { return nil }
        return ReceptiveField(
          vertical: whole.vertical.union(end.vertical), horizontal: whole.horizontal.union(end.horizontal))
      }
    case is AdaptiveAvgPool2d, is AdaptiveMaxPool2d, is GlobalAvgPool2d, is GlobalMaxPool2d, is Flatten, is Linear:
      return nil
    default:
      // Layers that work pixel by pixel hold no others.
      require(
        layer.namedModules().count == 1, "receptiveField",
        "\(type(of: layer)) does not say how its parts are joined; make it a PathedLayer")
      return self
    }
  }

  private func behind(_ layers: [any Layer]) -> ReceptiveField? {
    layers.reduce(self as ReceptiveField?) { field, layer in field?.behind(layer) }
  }
}

extension StagedNetwork {
  /// The receptive field of each place that ``stageNames`` lists; nil behind layers that see the whole image.
  public var receptiveFields: [(name: String, field: ReceptiveField?)] {
    var field: ReceptiveField? = ReceptiveField()
    return places(in: self).map { name, layer in
      // A list has been walked through by its parts.
      if parts(of: layer) == nil { field = field?.behind(layer) }
      return (name, field)
    }
  }
}
