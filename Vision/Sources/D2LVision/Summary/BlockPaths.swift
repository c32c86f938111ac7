import D2LCore

// How the blocks of the networks join their parts.

extension BasicBlock: PathedLayer {
  /// The convolutions, and the way around them.
  var paths: [[any Layer]] { [[conv1, conv2], downsample.map { [$0] } ?? []] }
}

extension Bottleneck: PathedLayer {
  /// The convolutions, and the way around them.
  var paths: [[any Layer]] { [[conv1, conv2, conv3], downsample.map { [$0] } ?? []] }
}

extension InvertedResidual: PathedLayer {
  /// The convolutions; the way around them sees less.
  var paths: [[any Layer]] { [[conv]] }
}

extension DenseBlock: PathedLayer {
  /// The longest way: through all layers.
  var paths: [[any Layer]] { [listedMembers.compactMap { $0.value as? any Layer }] }
}

extension DenseLayer: PathedLayer {
  /// The two convolutions.
  var paths: [[any Layer]] { [[conv1, conv2]] }
}

extension Transition: PathedLayer {
  /// The convolution, then the pooling.
  var paths: [[any Layer]] { [[conv, pool]] }
}

extension BookDenseBlock: PathedLayer {
  /// The longest way: through all layers.
  public var paths: [[any Layer]] { [net] }
}

extension Fire: PathedLayer {
  /// Both expanding convolutions.
  var paths: [[any Layer]] { [[squeeze, expand1x1], [squeeze, expand3x3]] }
}

extension BasicConv2d: PathedLayer {
  /// The convolution.
  public var paths: [[any Layer]] { [[conv]] }
}

extension Inception: PathedLayer {
  /// The four branches.
  var paths: [[any Layer]] { [[branch1], [branch2], [branch3], [branch4]] }
}

extension BookInception: PathedLayer {
  /// The four paths.
  var paths: [[any Layer]] { [[p1], [p2], [p3], [p4]] }
}
