import CD2LKernels
import Testing

/// A convolution by its definition, in double.
private struct Convolution {
  var shape: d2l_convolution
  var x: [Double], w: [Double], bias: [Double], gy: [Double]
  var y: [Double], gx: [Double], gw: [Double], gbias: [Double]

  init(_ s: d2l_convolution, x: [Double], w: [Double], bias: [Double], gy: [Double]) {
    (shape, self.x, self.w, self.bias, self.gy) = (s, x, w, bias, gy)
    y = gy
    gx = x.map { _ in 0 }
    gw = w.map { _ in 0 }
    gbias = bias.map { _ in 0 }
    let dims = [s.batch, s.in_channels, s.in_h, s.in_w, s.out_channels, s.out_h, s.out_w, s.kernel_h, s.kernel_w].map {
      Int($0)
    }
    let (inputs, height, width, outputs, outH, outW) = (dims[1], dims[2], dims[3], dims[4], dims[5], dims[6])
    let (kernelH, kernelW, perGroup, outGroup) = (dims[7], dims[8], inputs / Int(s.groups), outputs / Int(s.groups))
    let strideH = Int(s.stride_h), strideW = Int(s.stride_w), padH = Int(s.pad_h), padW = Int(s.pad_w)
    let dilationH = Int(s.dilation_h), dilationW = Int(s.dilation_w)
    for n in 0..<dims[0] {
      for k in 0..<outputs {
        for i in 0..<outH {
          for j in 0..<outW {
            let o = ((n * outputs + k) * outH + i) * outW + j, g = gy[o]
            var sum = bias[k]
            gbias[k] += g
            for c in 0..<perGroup {
              let plane = (n * inputs + k / outGroup * perGroup + c) * height
              for r in 0..<kernelH {
                let h = i * strideH - padH + r * dilationH
                if h < 0 || h >= height { continue }
                for q in 0..<kernelW {
                  let v = j * strideW - padW + q * dilationW
                  if v < 0 || v >= width { continue }
                  let at = (plane + h) * width + v, tap = ((k * perGroup + c) * kernelH + r) * kernelW + q
                  sum += x[at] * w[tap]
                  gx[at] += g * w[tap]
                  gw[tap] += g * x[at]
                }
              }
            }
            y[o] = sum
          }
        }
      }
    }
  }
}

extension d2l_convolution {
  fileprivate init(
    _ batch: Int, _ inputs: Int, _ height: Int, _ width: Int, to outputs: Int, kernel: (Int, Int),
    stride: (Int, Int) = (1, 1),
    pad: (Int, Int) = (0, 0), dilation: (Int, Int) = (1, 1), groups: Int = 1
  ) {
    self.init()
    (self.batch, in_channels, in_h, in_w) = (Int64(batch), Int64(inputs), Int64(height), Int64(width))
    (kernel_h, kernel_w, stride_h, stride_w) = (Int64(kernel.0), Int64(kernel.1), Int64(stride.0), Int64(stride.1))
    (pad_h, pad_w, dilation_h, dilation_w) = (Int64(pad.0), Int64(pad.1), Int64(dilation.0), Int64(dilation.1))
    (self.groups, out_channels) = (Int64(groups), Int64(outputs))
    out_h = (in_h + 2 * pad_h - dilation_h * (kernel_h - 1) - 1) / stride_h + 1
    out_w = (in_w + 2 * pad_w - dilation_w * (kernel_w - 1) - 1) / stride_w + 1
  }

  fileprivate var algorithm: String {
    String(cString: withUnsafePointer(to: self) { d2l_conv2d_algorithm(D2L_FLOAT, $0) })
  }
  fileprivate var text: String {
    "\(batch)x\(in_channels)x\(in_h)x\(in_w) to \(out_channels), \(kernel_h)x\(kernel_w) stride \(stride_h),\(stride_w) pad \(pad_h),\(pad_w) dilation \(dilation_h),\(dilation_w) groups \(groups) (\(algorithm))"
  }
}

@Suite(.serialized) struct ConvolutionKernelTests {
  private func run<T: RealKernelScalar>(
    _ s: d2l_convolution, x: [T], w: [T], bias: [T]?, gy: [T], _ activation: d2l_activation
  )
    -> (y: [T], gx: [T], gw: [T], gbias: [T])
  {
    var s = s
    let y = filled(gy.count, as: T.self) { d2l_conv2d(T.type, &s, x, w, nil, bias, activation, $0) }
    let gx = filled(x.count, as: T.self) { d2l_conv2d_gradient_input(T.type, &s, gy, w, $0) }
    var gbias = [T](repeating: .nan, count: Int(s.out_channels))
    let gw = filled(w.count, as: T.self) { d2l_conv2d_gradient_weight(T.type, &s, x, gy, $0, &gbias) }
    return (y, gx, gw, gbias)
  }

  private func check<T: RealKernelScalar>(
    _ type: T.Type, _ s: d2l_convolution, activation: d2l_activation = D2L_ACTIVATION_NONE, seed: Int = 1,
    tolerance: Double = T.sumTolerance
  ) {
    var generator = TestGenerator(seed)
    let x: [T] = generator.numbers(Int(s.batch * s.in_channels * s.in_h * s.in_w), -1...1)
    let w: [T] = generator.numbers(Int(s.out_channels * (s.in_channels / s.groups) * s.kernel_h * s.kernel_w), -1...1)
    let bias: [T] = generator.numbers(Int(s.out_channels), -1...1)
    let gy: [T] = generator.numbers(Int(s.batch * s.out_channels * s.out_h * s.out_w), -1...1)
    let expected = Convolution(s, x: doubles(x), w: doubles(w), bias: doubles(bias), gy: doubles(gy))
    let actual = run(s, x: x, w: w, bias: bias, gy: gy, activation)
    // What a sum may err is measured by the largest sum, also where an activation shrinks them all.
    let sums = expected.y.reduce(1) { max($0, abs($1)) }, outputs = expected.y.map { activated($0, activation) }
    let share = activation == D2L_ACTIVATION_NONE || activation == D2L_ACTIVATION_RELU ? 1 : sums
    #expect(gap(actual.y, outputs, within: tolerance * share) == nil, "y, \(T.self) \(s.text)")
    let scale: [T] = generator.numbers(Int(s.out_channels), -1...1)
    var shape = s
    let scaled = filled(gy.count, as: T.self) { d2l_conv2d(T.type, &shape, x, w, scale, bias, D2L_ACTIVATION_NONE, $0) }
    let scaledOutputs = expected.y.enumerated().map { place, y in
      let k = place / Int(s.out_h * s.out_w) % Int(s.out_channels)
      return (y - Double(bias[k])) * Double(scale[k]) + Double(bias[k])
    }
    #expect(gap(scaled, scaledOutputs, within: tolerance * sums) == nil, "scaled y, \(T.self) \(s.text)")
    #expect(gap(actual.gx, expected.gx, within: tolerance) == nil, "gx, \(T.self) \(s.text)")
    #expect(gap(actual.gw, expected.gw, within: tolerance) == nil, "gw, \(T.self) \(s.text)")
    #expect(gap(actual.gbias, expected.gbias, within: tolerance) == nil, "gbias, \(T.self) \(s.text)")
  }

  @Test(arguments: 0..<80) func randomShapes(seed: Int) {
    var generator = TestGenerator(seed)
    func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    let groups = seed % 3 == 0 ? pick(1...3) : 1
    var kernel = (pick(1...5), pick(1...5)), dilation = (1, 1), stride = (1, 1)
    if seed % 4 == 1 { kernel = (3, 3) }
    if seed % 8 == 2 { kernel = (1, 1) }
    if seed % 5 == 0 { dilation = (pick(1...3), pick(1...2)) }
    if seed % 2 == 0 { stride = (pick(1...3), pick(1...4)) }
    let s = d2l_convolution(
      pick(1...5), groups * pick(1...(seed % 7 == 1 ? 36 : 7)), dilation.0 * (kernel.0 - 1) + pick(1...14),
      dilation.1 * (kernel.1 - 1) + pick(1...20), to: groups * pick(1...(seed % 7 == 1 ? 40 : 15)), kernel: kernel,
      stride: stride,
      pad: (pick(0...kernel.0 - 1), pick(0...kernel.1 - 1)), dilation: dilation, groups: groups)
    check(Float.self, s, activation: activations[seed % 4], seed: seed)
    check(Double.self, s, activation: activations[seed % 4], seed: seed)
  }

  @Test func layersOfWellKnownNetworks() {
    let shapes = [
      d2l_convolution(9, 1, 28, 28, to: 6, kernel: (5, 5), pad: (2, 2)),
      d2l_convolution(9, 6, 14, 14, to: 16, kernel: (5, 5)),
      d2l_convolution(2, 3, 56, 56, to: 20, kernel: (7, 7), stride: (2, 2), pad: (3, 3)),
      d2l_convolution(1, 1, 64, 64, to: 24, kernel: (11, 11), stride: (4, 4), pad: (1, 1)),
      d2l_convolution(3, 24, 16, 16, to: 40, kernel: (1, 1)),
      d2l_convolution(3, 24, 15, 15, to: 40, kernel: (1, 1), stride: (2, 2)),
      d2l_convolution(3, 70, 7, 7, to: 30, kernel: (1, 1)),
      d2l_convolution(2, 19, 20, 18, to: 19, kernel: (3, 3), pad: (1, 1), groups: 19),
      d2l_convolution(2, 19, 20, 18, to: 38, kernel: (5, 5), stride: (2, 2), pad: (2, 2), groups: 19),
      d2l_convolution(2, 5, 1, 40, to: 4, kernel: (1, 3), pad: (0, 1)),
      d2l_convolution(2, 5, 40, 1, to: 4, kernel: (3, 1), pad: (1, 0)),
      d2l_convolution(1, 1, 1, 1, to: 1, kernel: (1, 1)),
      d2l_convolution(20, 3, 40, 40, to: 5, kernel: (3, 3), pad: (1, 1)),
    ]
    for s in shapes {
      check(Float.self, s)
      check(Double.self, s)
    }
  }

  /// Winograd's sums lose about two digits of float; what is left is bounded here, against sums in double, whatever tiles are cut off.
  @Test(arguments: [
    (4, 16, 16, 16, 16, 1), (3, 33, 14, 14, 50, 1), (2, 64, 57, 55, 64, 1), (60, 48, 7, 7, 35, 1),
    (5, 40, 9, 21, 24, 0),
    (3, 20, 11, 10, 31, 2),
    (2, 256, 14, 14, 192, 1), (9, 130, 8, 8, 64, 1), (7, 80, 18, 5, 40, 1),
  ])
  func winogradErrorIsBounded(batch: Int, inputs: Int, height: Int, width: Int, outputs: Int, pad: Int) {
    let s = d2l_convolution(batch, inputs, height, width, to: outputs, kernel: (3, 3), pad: (pad, pad))
    #expect(s.algorithm == "winograd", "\(s.text)")
    check(Float.self, s, activation: D2L_ACTIVATION_RELU, tolerance: 1e-5)
    check(Float.self, s, activation: D2L_ACTIVATION_TANH, tolerance: 1e-5)
  }

  @Test(arguments: [
    (4, 32, 16, 16, 32, 2), (3, 40, 13, 14, 46, 2), (2, 96, 26, 25, 64, 2), (5, 40, 11, 21, 48, 0),
    (3, 36, 9, 10, 40, 4),
    (40, 32, 6, 6, 96, 2),
  ])
  func winogradErrorOfFiveByFiveIsBounded(batch: Int, inputs: Int, height: Int, width: Int, outputs: Int, pad: Int) {
    let s = d2l_convolution(batch, inputs, height, width, to: outputs, kernel: (5, 5), pad: (pad, pad))
    #expect(s.algorithm == "winograd", "\(s.text)")
    check(Float.self, s, activation: D2L_ACTIVATION_RELU, tolerance: 1e-5)
    check(Float.self, s, activation: D2L_ACTIVATION_SIGMOID, tolerance: 1e-5)
  }

  @Test func doubleNeverTakesWinograd() {
    var s = d2l_convolution(2, 64, 28, 28, to: 64, kernel: (3, 3), pad: (1, 1))
    #expect(String(cString: d2l_conv2d_algorithm(D2L_FLOAT, &s)) == "winograd")
    #expect(String(cString: d2l_conv2d_algorithm(D2L_DOUBLE, &s)) == "direct")
    check(Double.self, d2l_convolution(2, 33, 14, 14, to: 50, kernel: (3, 3), pad: (1, 1)))
  }

  @Test func noImages() {
    let s = d2l_convolution(0, 3, 8, 8, to: 4, kernel: (3, 3))
    let result = run(s, x: [Float](), w: [Float](repeating: 1, count: 108), bias: nil, gy: [], D2L_ACTIVATION_NONE)
    #expect(result.gw == [Float](repeating: 0, count: 108))
    #expect(result.gbias == [0, 0, 0, 0])
  }

  @Test func noBias() {
    var s = d2l_convolution(1, 2, 5, 5, to: 3, kernel: (3, 3))
    var generator = TestGenerator(3)
    let x: [Float] = generator.numbers(50), w: [Float] = generator.numbers(54), gy: [Float] = generator.numbers(27)
    let y = filled(27, as: Float.self) { d2l_conv2d(D2L_FLOAT, &s, x, w, nil, nil, D2L_ACTIVATION_NONE, $0) }
    let gw = filled(54, as: Float.self) { d2l_conv2d_gradient_weight(D2L_FLOAT, &s, x, gy, $0, nil) }
    let expected = Convolution(s, x: doubles(x), w: doubles(w), bias: [0, 0, 0], gy: doubles(gy))
    #expect(gap(y, expected.y) == nil)
    #expect(gap(gw, expected.gw) == nil)
  }

  /// What lies beyond a row, a plane or the padding must not reach a result: an infinity stays where its taps are.
  @Test func infinitiesStayInTheirWindows() {
    for (kernel, pad, stride) in [(3, 1, 1), (3, 0, 2), (5, 2, 1), (1, 0, 1)] {
      var s = d2l_convolution(2, 2, 9, 9, to: 2, kernel: (kernel, kernel), stride: (stride, stride), pad: (pad, pad))
      var x = [Float](repeating: 1, count: 324)
      x[81 + 4 * 9 + 8] = .infinity  // image 0, channel 1, row 4, last column
      let w = [Float](repeating: 1, count: 4 * kernel * kernel)
      let size = Int(s.out_h * s.out_w)
      let y = filled(4 * size, as: Float.self) { d2l_conv2d(D2L_FLOAT, &s, x, w, nil, nil, D2L_ACTIVATION_NONE, $0) }
      for index in y.indices {
        let i = index % size / Int(s.out_w) * stride - pad, j = index % Int(s.out_w) * stride - pad
        let sees = index < 2 * size && (i..<(i + kernel)).contains(4) && (j..<(j + kernel)).contains(8)
        #expect(y[index].isInfinite == sees && !y[index].isNaN, "\(s.text) at \(index)")
      }
    }
  }

  @Test func threadsDoNotShow() {
    for s in [
      d2l_convolution(11, 1, 28, 28, to: 6, kernel: (5, 5), pad: (2, 2)),
      d2l_convolution(40, 6, 14, 14, to: 16, kernel: (5, 5)),
      d2l_convolution(3, 3, 60, 60, to: 33, kernel: (7, 7), stride: (2, 2), pad: (3, 3)),
      d2l_convolution(9, 64, 28, 28, to: 64, kernel: (3, 3), pad: (1, 1)),
      d2l_convolution(2, 48, 14, 14, to: 40, kernel: (3, 3), pad: (1, 1)),
      d2l_convolution(4, 96, 20, 20, to: 80, kernel: (1, 1)),
      d2l_convolution(4, 32, 20, 20, to: 32, kernel: (3, 3), pad: (1, 1), groups: 32),
      d2l_convolution(12, 256, 6, 6, to: 512, kernel: (3, 3), stride: (2, 2), pad: (1, 1)),
    ] {
      var generator = TestGenerator(11)
      let x: [Float] = generator.numbers(Int(s.batch * s.in_channels * s.in_h * s.in_w))
      let w: [Float] = generator.numbers(Int(s.out_channels * (s.in_channels / s.groups) * s.kernel_h * s.kernel_w))
      let gy: [Float] = generator.numbers(Int(s.batch * s.out_channels * s.out_h * s.out_w))
      let same = sameForAllThreadCounts {
        let result = run(s, x: x, w: w, bias: nil, gy: gy, D2L_ACTIVATION_SIGMOID)
        return result.y + result.gx + result.gw + result.gbias
      }
      #expect(same, "\(s.text)")
    }
  }
}
