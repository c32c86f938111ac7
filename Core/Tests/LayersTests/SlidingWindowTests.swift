import D2LLayers
import D2LTensor
import D2LTestSupport
import Testing

/// What layers say of the windows they look through.
@Suite struct SlidingWindowTests {
  static let layers: [@Sendable () -> any WindowedLayer] = [
    { Conv2d(2, 3, kernel: (3, 2), stride: (2, 3), padding: (1, 0), dilation: (2, 1)) },
    { Conv2d(2, 2, kernel: (1, 4), padding: (0, 2), dilation: (1, 2), groups: 2) },
    { MaxPool2d(3, stride: 2, padding: 1) },
    { AvgPool2d((2, 3), stride: (1, 2)) },
  ]

  @Test(arguments: layers.indices) func aWindowIsWhatAnOutputDependsOn(_ number: Int) throws {
    let layer = withRandomSeed(3) { SlidingWindowTests.layers[number]() }
    let window = layer.window
    let size = 13
    // Positive numbers, so that padding is never the largest.
    let image = Formula.uniform([1, 2, size, size], 1, from: 0.1, to: 1, as: Float.self).requiringGradient()
    let output = layer(image)  // [1, channels, height, width]
    for place in [(0, 0), (1, 1), (output.shape[2] - 1, output.shape[3] - 1)] {
      image.zeroGradient()
      output[0, 0..., place.0, place.1].sum().backward(retainingGraph: true)
      let gradient = abs(try #require(image.gradient)).sum(axes: [0, 1]).values  // [size · size]
      let seen = Set(gradient.indices.filter { gradient[$0] != 0 })
      func steps(_ place: Int, _ kernel: Int, _ stride: Int, _ padding: Int, _ dilation: Int) -> [Int] {
        (0..<kernel).map { place * stride - padding + $0 * dilation }.filter { 0..<size ~= $0 }
      }
      let rows = steps(place.0, window.kernel.0, window.stride.0, window.padding.0, window.dilation.0)
      let columns = steps(place.1, window.kernel.1, window.stride.1, window.padding.1, window.dilation.1)
      let expected = Set(rows.flatMap { row in columns.map { row * size + $0 } })
      // Of a maximum only the largest counts.
      #expect(layer is MaxPool2d ? seen.isSubset(of: expected) && !seen.isEmpty : seen == expected, "\(place)")
    }
  }
}
