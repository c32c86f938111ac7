import CD2LKernels
import Testing

extension d2l_pooling {
  fileprivate init(
    _ planes: Int, _ height: Int, _ width: Int, kernel: (Int, Int), stride: (Int, Int), pad: (Int, Int) = (0, 0),
    roundUp: Bool = false
  ) {
    self.init()
    (self.planes, in_h, in_w) = (Int64(planes), Int64(height), Int64(width))
    (kernel_h, kernel_w, stride_h, stride_w) = (Int64(kernel.0), Int64(kernel.1), Int64(stride.0), Int64(stride.1))
    (pad_h, pad_w) = (Int64(pad.0), Int64(pad.1))
    let extra = (roundUp ? stride_h - 1 : 0, roundUp ? stride_w - 1 : 0)
    out_h = (in_h + 2 * pad_h - kernel_h + extra.0) / stride_h + 1
    out_w = (in_w + 2 * pad_w - kernel_w + extra.1) / stride_w + 1
    // As PyTorch has it: no window starts beyond the near padding and the image.
    if (out_h - 1) * stride_h >= in_h + pad_h { out_h -= 1 }
    if (out_w - 1) * stride_w >= in_w + pad_w { out_w -= 1 }
  }

  fileprivate var inputs: Int { Int(planes * in_h * in_w) }
  fileprivate var outputs: Int { Int(planes * out_h * out_w) }
  fileprivate var text: String {
    "\(planes)x\(in_h)x\(in_w) to \(out_h)x\(out_w), \(kernel_h)x\(kernel_w) stride \(stride_h),\(stride_w) pad \(pad_h),\(pad_w)"
  }

  /// For every output, the positions (in the whole array) that its window covers inside the image, and how many it covers with the padding.
  fileprivate func windows() -> [(inside: [Int], padded: Int)] {
    var windows: [(inside: [Int], padded: Int)] = []
    for plane in 0..<Int(planes) {
      for i in 0..<Int(out_h) {
        for j in 0..<Int(out_w) {
          var inside: [Int] = []
          var padded = 0
          for r in 0..<Int(kernel_h) {
            for q in 0..<Int(kernel_w) {
              let h = i * Int(stride_h) - Int(pad_h) + r, w = j * Int(stride_w) - Int(pad_w) + q
              if h < Int(in_h + pad_h) && w < Int(in_w + pad_w) { padded += 1 }
              if h >= 0 && h < Int(in_h) && w >= 0 && w < Int(in_w) {
                inside.append((plane * Int(in_h) + h) * Int(in_w) + w)
              }
            }
          }
          windows.append((inside, padded))
        }
      }
    }
    return windows
  }
}

@Suite(.serialized) struct PoolingKernelTests {
  private var shapes: [d2l_pooling] {
    var shapes = [
      d2l_pooling(5, 28, 28, kernel: (2, 2), stride: (2, 2)), d2l_pooling(3, 9, 11, kernel: (2, 2), stride: (2, 2)),
      d2l_pooling(3, 54, 54, kernel: (3, 3), stride: (2, 2)),
      d2l_pooling(3, 48, 47, kernel: (3, 3), stride: (2, 2), pad: (1, 1)),
      d2l_pooling(2, 12, 40, kernel: (3, 3), stride: (1, 1), pad: (1, 1)),
      d2l_pooling(4, 7, 7, kernel: (7, 7), stride: (7, 7)),
      d2l_pooling(2, 10, 10, kernel: (3, 3), stride: (2, 2), roundUp: true),
      d2l_pooling(2, 11, 14, kernel: (3, 2), stride: (3, 3), pad: (1, 1), roundUp: true),
      d2l_pooling(2, 1, 30, kernel: (1, 3), stride: (1, 2)), d2l_pooling(2, 1, 1, kernel: (1, 1), stride: (1, 1)),
      d2l_pooling(0, 4, 4, kernel: (2, 2), stride: (2, 2)),
    ]
    var generator = TestGenerator(4)
    for _ in 0..<40 {
      let kernel = (Int.random(in: 1...5, using: &generator), Int.random(in: 1...5, using: &generator))
      shapes.append(
        d2l_pooling(
          Int.random(in: 1...4, using: &generator), kernel.0 + Int.random(in: 0...12, using: &generator),
          kernel.1 + Int.random(in: 0...40, using: &generator), kernel: kernel,
          stride: (Int.random(in: 1...4, using: &generator), Int.random(in: 1...4, using: &generator)),
          pad: (
            Int.random(in: 0...kernel.0 / 2, using: &generator), Int.random(in: 0...kernel.1 / 2, using: &generator)
          ),
          roundUp: Bool.random(using: &generator)))
    }
    return shapes
  }

  private func checkMaximum<T: RealKernelScalar>(_ type: T.Type, _ shape: d2l_pooling, _ x: [T]) {
    var s = shape
    let gy = (0..<s.outputs).map { T(rounding: Double($0 % 17) - 8) }
    var index = [Int32](repeating: -1, count: s.outputs)
    let y = filled(s.outputs, as: T.self) { d2l_max_pool2d(T.type, &s, x, $0, &index) }
    let alone = filled(s.outputs, as: T.self) { d2l_max_pool2d(T.type, &s, x, $0, nil) }
    let gx = filled(s.inputs, as: T.self) { d2l_max_pool2d_gradient(T.type, &s, gy, index, $0) }
    var expected: [T] = []
    var places: [Int32] = []
    var gradient = [T](repeating: 0, count: s.inputs)
    let plane = max(1, Int(s.in_h * s.in_w))
    for (o, window) in s.windows().enumerated() {
      var best = window.inside[0]
      for i in window.inside where x[i] > x[best] || x[i].isNaN && !x[best].isNaN { if !x[best].isNaN { best = i } }
      expected.append(x[best])
      places.append(Int32(best % plane))
      gradient[best] += gy[o]
    }
    #expect(difference(y, expected) == nil, "\(T.self) \(s.text)")
    #expect(difference(alone, expected) == nil, "without index, \(T.self) \(s.text)")
    #expect(index == places, "\(T.self) \(s.text)")
    #expect(gap(gx, doubles(gradient)) == nil, "\(T.self) \(s.text)")
  }

  @Test func maximum() {
    var generator = TestGenerator(1)
    for s in shapes {
      checkMaximum(Float.self, s, generator.numbers(s.inputs))
      checkMaximum(Double.self, s, generator.numbers(s.inputs))
      // Few different values: the first of equals must win.
      checkMaximum(Float.self, s, (0..<s.inputs).map { _ in Float(Int.random(in: 0...2, using: &generator)) })
      checkMaximum(Double.self, s, (0..<s.inputs).map { _ in Double(Int.random(in: 0...2, using: &generator)) })
      // NaN and infinities among them.
      let odd: [Float] = (0..<s.inputs).map { _ in
        [Float.nan, -.infinity, .infinity, -1, 0, 1, 2, 3][Int.random(in: 0...7, using: &generator)]
      }
      checkMaximum(Float.self, s, odd)
      checkMaximum(Double.self, s, odd.map { Double($0) })
      checkMaximum(Float.self, s, [Float](repeating: -.infinity, count: s.inputs))
    }
  }

  private func checkMean<T: RealKernelScalar>(_ type: T.Type, _ shape: d2l_pooling) {
    var s = shape
    var generator = TestGenerator(2)
    let x: [T] = generator.numbers(s.inputs), gy: [T] = generator.numbers(s.outputs)
    for countPadding in [false, true] {
      let y = filled(s.outputs, as: T.self) { d2l_average_pool2d(T.type, &s, x, $0, countPadding) }
      let gx = filled(s.inputs, as: T.self) { d2l_average_pool2d_gradient(T.type, &s, gy, $0, countPadding) }
      var expected: [Double] = []
      var gradient = [Double](repeating: 0, count: s.inputs)
      for (o, window) in s.windows().enumerated() {
        let count = Double(countPadding ? window.padded : window.inside.count)
        expected.append(window.inside.reduce(0) { $0 + x[$1].number } / count)
        for i in window.inside { gradient[i] += gy[o].number / count }
      }
      #expect(gap(y, expected) == nil, "\(T.self) \(s.text) \(countPadding)")
      #expect(gap(gx, gradient) == nil, "\(T.self) \(s.text) \(countPadding)")
    }
  }

  @Test func mean() {
    for s in shapes {
      checkMean(Float.self, s)
      checkMean(Double.self, s)
    }
  }

  private func checkAdaptive<T: RealKernelScalar>(_ type: T.Type, _ height: Int, _ width: Int, _ outH: Int, _ outW: Int)
  {
    var s = d2l_pooling(3, height, width, kernel: (1, 1), stride: (1, 1))
    (s.out_h, s.out_w) = (Int64(outH), Int64(outW))
    var generator = TestGenerator(height * width)
    let x: [T] = generator.numbers(s.inputs), gy: [T] = generator.numbers(s.outputs)
    let y = filled(s.outputs, as: T.self) { d2l_adaptive_average_pool2d(T.type, &s, x, $0) }
    let gx = filled(s.inputs, as: T.self) { d2l_adaptive_average_pool2d_gradient(T.type, &s, gy, $0) }
    var expected: [Double] = []
    var gradient = [Double](repeating: 0, count: s.inputs)
    for o in 0..<s.outputs {
      let plane = o / (outH * outW), i = o / outW % outH, j = o % outW
      var window: [Int] = []
      for h in (i * height / outH)..<((i + 1) * height + outH - 1) / outH {
        for w in (j * width / outW)..<((j + 1) * width + outW - 1) / outW {
          window.append((plane * height + h) * width + w)
        }
      }
      expected.append(window.reduce(0) { $0 + x[$1].number } / Double(window.count))
      for k in window { gradient[k] += gy[o].number / Double(window.count) }
    }
    #expect(gap(y, expected) == nil, "\(T.self) \(height)x\(width) to \(outH)x\(outW)")
    #expect(gap(gx, gradient) == nil, "\(T.self) \(height)x\(width) to \(outH)x\(outW)")
  }

  @Test func adaptiveMean() {
    for (height, width, outH, outW) in [
      (7, 7, 1, 1), (12, 9, 5, 4), (3, 5, 3, 5), (2, 3, 5, 7), (31, 33, 1, 1), (16, 16, 6, 1),
    ] {
      checkAdaptive(Float.self, height, width, outH, outW)
      checkAdaptive(Double.self, height, width, outH, outW)
    }
  }

  @Test func threadsDoNotShow() {
    var s = d2l_pooling(150, 28, 28, kernel: (3, 3), stride: (2, 2), pad: (1, 1))
    var generator = TestGenerator(3)
    let x: [Float] = generator.numbers(s.inputs)
    #expect(
      sameForAllThreadCounts {
        var index = [Int32](repeating: 0, count: s.outputs)
        let y = filled(s.outputs, as: Float.self) { d2l_max_pool2d(D2L_FLOAT, &s, x, $0, &index) }
        return y + filled(s.inputs, as: Float.self) { d2l_max_pool2d_gradient(D2L_FLOAT, &s, y, index, $0) }
      })
    #expect(
      sameForAllThreadCounts {
        let y = filled(s.outputs, as: Float.self) { d2l_average_pool2d(D2L_FLOAT, &s, x, $0, true) }
        return y + filled(s.inputs, as: Float.self) { d2l_average_pool2d_gradient(D2L_FLOAT, &s, y, $0, true) }
      })
  }
}
