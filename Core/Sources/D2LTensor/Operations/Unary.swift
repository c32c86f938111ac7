import CD2LKernels

extension AnyTensor {
  /// y = op(x), not recorded.
  func applying(_ op: d2l_unary_op, _ p0: Double = 0, _ p1: Double = 0) -> AnyTensor {
    let type = op == D2L_IS_NAN || op == D2L_IS_FINITE ? DType.bool : dtype
    let result = AnyTensor(uninitialized: shape, type)
    if isContiguous {
      d2l_unary(dtype.kernel, op, pointer, result.pointer, Int64(count), p0, p1)
    } else {
      let source = copied()
      d2l_unary(dtype.kernel, op, source.pointer, result.pointer, Int64(count), p0, p1)
    }
    return result
  }

  /// y = op(x) with its derivative.
  func unary(_ op: d2l_unary_op, _ name: StaticString, _ p0: Double = 0, _ p1: Double = 0) -> AnyTensor {
    let result = applying(op, p0, p1)
    guard node != nil, isRecording else { return result }
    if AnyTensor.needsOutputOnly & (1 << UInt64(op.rawValue)) != 0 {
      let y = result
      return result.recorded(name, self) { gradient, node in
        node.send(
          isRecording
            ? gradient * AnyTensor.derivative(op, name, x: nil, y: y.asOutput(of: node), p0, p1)
            : AnyTensor.unaryGradient(op, gradient, x: nil, y: y, p0, p1), to: 0)
      }
    }
    let x = contiguous().detached()
    return result.recorded(name, self) { gradient, node in
      node.send(
        isRecording
          ? gradient * AnyTensor.derivative(op, name, x: x.asInput(0, of: node), y: nil, p0, p1)
          : AnyTensor.unaryGradient(op, gradient, x: x, y: nil, p0, p1), to: 0)
    }
  }

  /// Operations whose derivative is computed from their result (see d2l_unary_gradient).
  private static let needsOutputOnly: UInt64 = [
    D2L_SQRT, D2L_RSQRT, D2L_RECIPROCAL, D2L_EXP, D2L_EXPM1, D2L_TAN, D2L_TANH, D2L_SIGMOID, D2L_RELU,
  ].reduce(0) { $0 | 1 << UInt64($1.rawValue) }

  private static func unaryGradient(
    _ op: d2l_unary_op, _ gradient: AnyTensor, x: AnyTensor?, y: AnyTensor?, _ p0: Double, _ p1: Double
  ) -> AnyTensor {
    let g = gradient.contiguous()
    let result = AnyTensor(uninitialized: gradient.shape, gradient.dtype)
    d2l_unary_gradient(
      g.dtype.kernel, op, g.pointer, x?.pointer, y?.pointer, result.pointer, Int64(g.count), p0, p1)
    return result
  }

  /// op'(x) made of recorded operations, for second derivatives.
  private static func derivative(
    _ op: d2l_unary_op, _ name: StaticString, x: AnyTensor?, y: AnyTensor?, _ p0: Double, _ p1: Double
  ) -> AnyTensor {
    if let y {
      switch op {
      case D2L_SQRT: return y.dividing(0.5)
      case D2L_RSQRT: return y.power(3).scaled(by: -0.5)
      case D2L_RECIPROCAL: return -(y * y)
      case D2L_EXP: return y
      case D2L_EXPM1: return y.adding(1)
      case D2L_TAN: return (y * y).adding(1)
      case D2L_TANH: return (y * y).subtracted(from: 1)
      case D2L_SIGMOID: return y * y.subtracted(from: 1)
      case D2L_RELU: return y.binary(D2L_GT, scalar: 0).converted(to: y.dtype)
      default: break
      }
    }
    if let x {
      func constant(_ value: Double) -> AnyTensor { AnyTensor(repeating: value, shape: [], dtype: x.dtype) }
      switch op {
      case D2L_NEG: return AnyTensor(repeating: -1, shape: x.shape, dtype: x.dtype)
      case D2L_ABS: return x.applying(D2L_SIGN)
      case D2L_SQUARE: return x.scaled(by: 2)
      case D2L_LOG: return x.dividing(1)
      case D2L_LOG2: return x.dividing(1 / 0.6931471805599453)
      case D2L_LOG10: return x.dividing(1 / 2.302585092994046)
      case D2L_ASIN: return (x * x).subtracted(from: 1).unary(D2L_RSQRT, "rsqrt")
      case D2L_ACOS: return -(x * x).subtracted(from: 1).unary(D2L_RSQRT, "rsqrt")
      case D2L_ATAN: return (x * x).adding(1).dividing(1)
      case D2L_LEAKY_RELU: return x.choosing(D2L_GT, 0, constant(1), constant(p0))
      case D2L_ELU: return x.choosing(D2L_GT, 0, constant(1), x.unary(D2L_EXP, "exp").scaled(by: p0))
      case D2L_CLIP:
        let inside = x.binary(D2L_GE, scalar: p0).binary(D2L_AND, x.binary(D2L_LE, scalar: p1), name)
        return inside.converted(to: x.dtype)
      case D2L_SILU:
        let s = x.unary(D2L_SIGMOID, "sigmoid")
        return s * (x * s.subtracted(from: 1)).adding(1)
      case D2L_GELU:
        let below = x.scaled(by: 0.5.squareRoot()).unary(D2L_ERF, "erf").adding(1).scaled(by: 0.5)
        let density = (x * x).scaled(by: -0.5).unary(D2L_EXP, "exp").scaled(by: 1 / (2 * Double.pi).squareRoot())
        return below + x * density
      case D2L_GELU_TANH:
        // y = x (1 + tanh u) / 2 with u = √(2/π) (x + 0.044715 x³).
        let root = (2 / Double.pi).squareRoot()
        let t = (x + (x * x * x).scaled(by: 0.044715)).scaled(by: root).unary(D2L_TANH, "tanh")
        let slope = (x * x).scaled(by: 3 * 0.044715).adding(1).scaled(by: root)
        return (t.adding(1) + x * (t * t).subtracted(from: 1) * slope).scaled(by: 0.5)
      case D2L_LOG1P: return x.adding(1).dividing(1)
      case D2L_SIN: return x.unary(D2L_COS, "cos")
      case D2L_COS: return -x.unary(D2L_SIN, "sin")
      case D2L_SINH: return x.unary(D2L_COSH, "cosh")
      case D2L_COSH: return x.unary(D2L_SINH, "sinh")
      case D2L_SOFTPLUS: return x.unary(D2L_SIGMOID, "sigmoid")
      case D2L_LOG_SIGMOID: return x.unary(D2L_SIGMOID, "sigmoid").subtracted(from: 1)
      case D2L_ERF: return (x * x).scaled(by: -1).unary(D2L_EXP, "exp").scaled(by: 2 / Double.pi.squareRoot())
      default: break
      }
    }
    requireFirstOrder(name)
    fail(name, "has no derivative")
  }

  /// `first` where the comparison with a number holds, `second` elsewhere.
  private func choosing(_ op: d2l_binary_op, _ number: Double, _ first: AnyTensor, _ second: AnyTensor) -> AnyTensor {
    AnyTensor.select(binary(op, scalar: number), first, second)
  }
}
