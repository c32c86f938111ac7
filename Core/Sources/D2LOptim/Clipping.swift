import CD2LKernels
import D2LLayers
import D2LTensor

/// Scales all gradients together so that their common 2-norm is at most `norm` (book 8.5; Pascanu, Mikolov and Bengio, 2013), and
/// returns what the norm was.
///
/// Gradients are changed in place: read once for the norm, and written only if it is too large. As in PyTorch the factor is
/// norm / (measured + 1e-6).
@discardableResult
public func clipGradients(of parameters: [Parameter], toNorm norm: Double) -> Double {
  require(norm >= 0, "clipGradients", "to a norm of \(norm)")
  return profiled(.optimizer, "clipGradients") {
    let measured = gradientNorm(of: parameters)
    let factor = norm / (measured + 1e-6)
    // A norm that is no number makes all gradients that, so that it is seen.
    if !(factor >= 1) {
      for parameter in parameters {
        parameter.updateGradient(keepingZeros: true) { gradient, count in
          d2l_gradient_scale(D2L_FLOAT, gradient, Int64(count), factor)
        }
      }
    }
    return measured
  }
}

/// Limits every gradient's entries to -value ... value, in place.
public func clipGradients(of parameters: [Parameter], toValue value: Double) {
  require(value >= 0, "clipGradients", "to a value of \(value)")
  profiled(.optimizer, "clipGradients") {
    for parameter in parameters {
      parameter.updateGradient(keepingZeros: true) { gradient, count in
        d2l_gradient_clamp(D2L_FLOAT, gradient, Int64(count), -value, value)
      }
    }
  }
}

/// The 2-norm of all gradients together, summed in double.
public func gradientNorm(of parameters: [Parameter]) -> Double {
  var sum = 0.0
  for parameter in parameters {
    (parameter.sparseGradient?.values ?? parameter.gradient)?.withUnsafeBufferPointer { gradient in
      if let start = gradient.baseAddress { sum += d2l_gradient_square_sum(D2L_FLOAT, start, Int64(gradient.count)) }
    }
  }
  return sum.squareRoot()
}
