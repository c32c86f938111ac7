import CD2LKernels
import Foundation
import Testing

/// A parameter and up to three arrays of state.
private struct Parameter<T: KernelScalar> {
  var w: [T]
  var state: [[T]]
  init(_ w: [Double], states: Int) {
    self.w = w.map(T.init(rounding:))
    state = [[T]](repeating: [T](repeating: T(rounding: 0), count: w.count), count: states)
  }
}

/// An optimizer: how the kernel is called, and the same step for one number, written down from the formulas.
private struct OptimizerCase: Sendable {
  var name: String
  var states: Int
  /// type, w, g, states, count, step
  var kernel:
    @Sendable (
      d2l_dtype, UnsafeMutableRawPointer, UnsafeRawPointer, [UnsafeMutableRawPointer], Int64, Int64
    ) -> Void
  /// (w, g, states, step)
  var reference: @Sendable (inout Double, Double, inout [Double], Int) -> Void
}

private let cases = [
  OptimizerCase(name: "sgd", states: 0) { type, w, g, _, n, _ in
    d2l_sgd(type, w, g, nil, n, 0.1, 0, 0, 0, false, true)
  } reference: { w, g, _, _ in
    w -= 0.1 * g
  },
  OptimizerCase(name: "sgdDecay", states: 0) { type, w, g, _, n, _ in
    d2l_sgd(type, w, g, nil, n, 0.1, 0, 0, 0.01, false, true)
  } reference: { w, g, _, _ in
    w -= 0.1 * (g + 0.01 * w)
  },
  OptimizerCase(name: "sgdMomentum", states: 1) { type, w, g, s, n, step in
    d2l_sgd(type, w, g, s[0], n, 0.1, 0.9, 0.1, 0.01, false, step == 1)
  } reference: { w, g, s, step in
    let g = g + 0.01 * w
    s[0] = step == 1 ? g : 0.9 * s[0] + 0.9 * g
    w -= 0.1 * s[0]
  },
  OptimizerCase(name: "sgdNesterov", states: 1) { type, w, g, s, n, step in
    d2l_sgd(type, w, g, s[0], n, 0.1, 0.9, 0, 0, true, step == 1)
  } reference: { w, g, s, step in
    s[0] = step == 1 ? g : 0.9 * s[0] + g
    w -= 0.1 * (g + 0.9 * s[0])
  },
  OptimizerCase(name: "adam", states: 2) { type, w, g, s, n, step in
    d2l_adam(type, w, g, s[0], s[1], nil, n, 0.01, 0.8, 0.95, 1e-6, 0, false, step)
  } reference: { w, g, s, step in
    s[0] = 0.8 * s[0] + 0.2 * g
    s[1] = 0.95 * s[1] + 0.05 * g * g
    w -= 0.01 * s[0] / (1 - pow(0.8, Double(step))) / ((s[1] / (1 - pow(0.95, Double(step)))).squareRoot() + 1e-6)
  },
  OptimizerCase(name: "adamDecay", states: 2) { type, w, g, s, n, step in
    d2l_adam(type, w, g, s[0], s[1], nil, n, 0.01, 0.9, 0.999, 1e-8, 0.1, false, step)
  } reference: { w, g, s, step in
    let g = g + 0.1 * w
    s[0] = 0.9 * s[0] + 0.1 * g
    s[1] = 0.999 * s[1] + 0.001 * g * g
    w -= 0.01 * s[0] / (1 - pow(0.9, Double(step))) / ((s[1] / (1 - pow(0.999, Double(step)))).squareRoot() + 1e-8)
  },
  OptimizerCase(name: "adamLargest", states: 3) { type, w, g, s, n, step in
    d2l_adam(type, w, g, s[0], s[1], s[2], n, 0.01, 0.9, 0.999, 1e-8, 0, false, step)
  } reference: { w, g, s, step in
    s[0] = 0.9 * s[0] + 0.1 * g
    s[1] = 0.999 * s[1] + 0.001 * g * g
    s[2] = max(s[2], s[1])
    w -= 0.01 * s[0] / (1 - pow(0.9, Double(step))) / ((s[2] / (1 - pow(0.999, Double(step)))).squareRoot() + 1e-8)
  },
  OptimizerCase(name: "adamW", states: 2) { type, w, g, s, n, step in
    d2l_adam(type, w, g, s[0], s[1], nil, n, 0.01, 0.9, 0.999, 1e-8, 0.1, true, step)
  } reference: { w, g, s, step in
    w *= 1 - 0.01 * 0.1
    s[0] = 0.9 * s[0] + 0.1 * g
    s[1] = 0.999 * s[1] + 0.001 * g * g
    w -= 0.01 * s[0] / (1 - pow(0.9, Double(step))) / ((s[1] / (1 - pow(0.999, Double(step)))).squareRoot() + 1e-8)
  },
  OptimizerCase(name: "rmsprop", states: 1) { type, w, g, s, n, _ in
    d2l_rmsprop(type, w, g, s[0], nil, nil, n, 0.01, 0.99, 1e-8, 0, 0)
  } reference: { w, g, s, _ in
    s[0] = 0.99 * s[0] + 0.01 * g * g
    w -= 0.01 * g / (s[0].squareRoot() + 1e-8)
  },
  OptimizerCase(name: "rmspropAll", states: 3) { type, w, g, s, n, _ in
    d2l_rmsprop(type, w, g, s[0], s[1], s[2], n, 0.01, 0.9, 1e-8, 0.05, 0.8)
  } reference: { w, g, s, _ in
    let g = g + 0.05 * w
    s[0] = 0.9 * s[0] + 0.1 * g * g
    s[1] = 0.9 * s[1] + 0.1 * g
    s[2] = 0.8 * s[2] + g / ((s[0] - s[1] * s[1]).squareRoot() + 1e-8)
    w -= 0.01 * s[2]
  },
  OptimizerCase(name: "adagrad", states: 1) { type, w, g, s, n, step in
    d2l_adagrad(type, w, g, s[0], n, 0.05, 0.1, 1e-10, 0.02, step)
  } reference: { w, g, s, step in
    let g = g + 0.02 * w
    s[0] += g * g
    w -= 0.05 / (1 + Double(step - 1) * 0.1) * g / (s[0].squareRoot() + 1e-10)
  },
  OptimizerCase(name: "adadelta", states: 2) { type, w, g, s, n, _ in
    d2l_adadelta(type, w, g, s[0], s[1], n, 0.9, 0.8, 1e-6, 0.02)
  } reference: { w, g, s, _ in
    let g = g + 0.02 * w
    s[0] = 0.8 * s[0] + 0.2 * g * g
    let d = (s[1] + 1e-6).squareRoot() / (s[0] + 1e-6).squareRoot() * g
    s[1] = 0.8 * s[1] + 0.2 * d * d
    w -= 0.9 * d
  },
  OptimizerCase(name: "adamax", states: 2) { type, w, g, s, n, step in
    d2l_adamax(type, w, g, s[0], s[1], n, 0.02, 0.9, 0.999, 1e-8, 0.03, step)
  } reference: { w, g, s, step in
    let g = g + 0.03 * w
    s[0] = 0.9 * s[0] + 0.1 * g
    s[1] = max(0.999 * s[1], abs(g) + 1e-8)
    w -= 0.02 / (1 - pow(0.9, Double(step))) * s[0] / s[1]
  },
  OptimizerCase(name: "yogi", states: 2) { type, w, g, s, n, step in
    d2l_yogi(type, w, g, s[0], s[1], n, 0.02, 0.9, 0.99, 1e-3, 0.01, step)
  } reference: { w, g, s, step in
    let g = g + 0.01 * w
    s[0] = 0.9 * s[0] + 0.1 * g
    let gap = g * g - s[1]
    s[1] += 0.01 * (gap > 0 ? 1 : gap < 0 ? -1 : 0) * g * g
    w -= 0.02 * s[0] / (1 - pow(0.9, Double(step))) / ((s[1] / (1 - pow(0.99, Double(step)))).squareRoot() + 1e-3)
  },
]

/// Three steps of PyTorch 2.13 in double precision, from the weights and gradients below:
/// `for g in gradients: w.grad = torch.tensor(g); optimizer.step()`, with the arguments of the cases above.
private let weights = [0.5, -1.25, 2.0, 0.0, -0.1]
private let gradients = [[0.1, -0.2, 0.3, 0.0, 1e-3], [-0.4, 0.25, 0.3, 0.05, -2e-3], [0.15, 0.1, -0.6, 0.0, 3e-3]]
private let ofPyTorch = [
  "sgd": [0.515, -1.265, 2.0, -0.005000000000000001, -0.1002],
  "sgdDecay": [0.5134814895, -1.26126872875, 1.9940959679999999, -0.004995000000000001, -0.09990030000000001],
  "sgdMomentum": [0.525143906495, -1.2409534202874999, 1.9108953340800001, -0.008545950000000002, -0.099667243],
  "sgdNesterov": [0.5455099999999999, -1.26797, 1.9295300000000002, -0.013550000000000003, -0.10037190000000001],
  "adam": [0.4977426700727666, -1.2458683290084944, 1.9816023499632933, -0.013438842874495694, -0.10962122623257746],
  "adamDecay": [
    0.49413671553167765, -1.2332687223721814, 1.9764451634267128, -0.013097815863772792, -0.07058350512723097,
  ],
  "adamLargest": [
    0.49747414317851374, -1.2447337462661603, 1.9807564939564073, -0.013190686535419245, -0.10977128279999925,
  ],
  "adamW": [0.4959900376417662, -1.241005857692616, 1.9747924819554075, -0.013186121986286594, -0.1094552539120168],
  "rmsprop": [
    0.46269382707990814, -1.2582440454419737, 1.9109657837827616, -0.09999980000039994, -0.19081001002239545,
  ],
  "rmspropAll": [
    0.46090957332517457, -1.207314515909266, 1.8949138101920076, -0.058840146575527844, 0.020799502085008234,
  ],
  "adagrad": [
    0.47849521764343206, -1.2417941472820229, 1.9495775195606118, -0.04469709479718563, -0.03483990688300922,
  ],
  "adadelta": [
    0.49917853910487525, -1.251027872105688, 1.9986417233533504, -0.002007897314213043, -0.09799617094076289,
  ],
  "adamax": [
    0.48941097370712633, -1.2319176718051732, 1.9589903517825968, -0.01712836985885546, -0.057553449669022295,
  ],
]

@Suite struct OptimizerKernelTests {
  private func step<T: KernelScalar>(_ test: OptimizerCase, _ p: inout Parameter<T>, _ g: [T], _ step: Int) {
    let count = p.w.count
    let states = p.state.map { state -> UnsafeMutablePointer<T> in
      let memory = UnsafeMutablePointer<T>.allocate(capacity: count)
      memory.initialize(from: state, count: count)
      return memory
    }
    p.w.withUnsafeMutableBytes { w in
      g.withUnsafeBytes { g in
        // An empty array may have no address; kernels may not read it either.
        guard let w = w.baseAddress, let g = g.baseAddress else { return }
        test.kernel(T.type, w, g, states.map { UnsafeMutableRawPointer($0) }, Int64(count), Int64(step))
      }
    }
    p.state = states.map { Array(UnsafeBufferPointer(start: $0, count: count)) }
    for memory in states { memory.deallocate() }
  }

  @Test func stepsOfPyTorch() {
    for test in cases {
      guard let expected = ofPyTorch[test.name] else { continue }
      var p = Parameter<Double>(weights, states: test.states)
      for (index, g) in gradients.enumerated() { step(test, &p, g, index + 1) }
      #expect(disagreement(p.w, expected, ulps: 8, absolute: 1e-15) == nil, "\(test.name)")
      var float = Parameter<Float>(weights, states: test.states)
      for (index, g) in gradients.enumerated() { step(test, &float, g.map { Float($0) }, index + 1) }
      #expect(disagreement(float.w, expected, ulps: 16, absolute: 1e-6) == nil, "\(test.name) in floats")
    }
    #expect(Set(ofPyTorch.keys).isSubset(of: Set(cases.map(\.name))))
  }

  private func check<T: BinaryFloatingPoint & KernelScalar>(_ type: T.Type, _ tolerance: Double) {
    var generator = TestGenerator(22)
    for test in cases {
      for size in sizes {
        let start: [Double] = generator.numbers(size)
        var p = Parameter<T>(start, states: test.states)
        var w = p.w.map(\.number)
        var states = [[Double]](repeating: [Double](repeating: 0, count: test.states), count: size)
        for number in 1...4 {
          let g: [T] = generator.numbers(size)
          step(test, &p, g, number)
          for i in 0..<size { test.reference(&w[i], g[i].number, &states[i], number) }
        }
        #expect(disagreement(p.w, w, ulps: 16, absolute: tolerance) == nil, "\(test.name) of \(T.self)")
        for s in 0..<test.states {
          #expect(
            disagreement(p.state[s], states.map { $0[s] }, ulps: 64, absolute: tolerance) == nil,
            "\(test.name), state \(s)")
        }
      }
    }
  }

  @Test func floats() { check(Float.self, 2e-5) }
  @Test func doubles() { check(Double.self, 1e-12) }
}
