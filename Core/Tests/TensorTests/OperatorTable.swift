import D2LTensor

/// The operators that the goldens of Tools/Parity/tensor_ops.py name, as functions of their inputs: one table for the comparison with PyTorch
/// (Float) and for the checks of gradients (Double). The part of a key before the first blank is the operator.
struct OperatorTable<S: FloatingScalar> {
  typealias Function = ([Tensor<S>]) -> Tensor<S>
  private(set) var functions: [String: Function] = [:]

  init() {
    addElementwise()
    addBinary()
    addReductions()
    addShaping()
    addIndexing()
    addMatrices()
    addLinearAlgebra()
    addLayers()
  }

  private mutating func one(_ name: String, _ function: @escaping (Tensor<S>) -> Tensor<S>) {
    functions[name] = { function($0[0]) }
  }
  private mutating func two(_ name: String, _ function: @escaping (Tensor<S>, Tensor<S>) -> Tensor<S>) {
    functions[name] = { function($0[0], $0[1]) }
  }
  private mutating func three(_ name: String, _ function: @escaping (Tensor<S>, Tensor<S>, Tensor<S>) -> Tensor<S>) {
    functions[name] = { function($0[0], $0[1], $0[2]) }
  }

  private mutating func addElementwise() {
    one("exp") { exp($0) }
    one("expm1") { expm1($0) }
    one("log") { log($0) }
    one("log2") { log2($0) }
    one("log10") { log10($0) }
    one("log1p") { log1p($0) }
    one("sqrt") { sqrt($0) }
    one("rsqrt") { rsqrt($0) }
    one("reciprocal") { reciprocal($0) }
    one("square") { square($0) }
    one("abs") { abs($0) }
    one("sign") { sign($0) }
    one("sin") { sin($0) }
    one("cos") { cos($0) }
    one("tan") { tan($0) }
    one("asin") { asin($0) }
    one("acos") { acos($0) }
    one("atan") { atan($0) }
    one("sinh") { sinh($0) }
    one("cosh") { cosh($0) }
    one("tanh") { tanh($0) }
    one("erf") { erf($0) }
    one("floor") { floor($0) }
    one("ceil") { ceil($0) }
    one("round") { round($0) }
    one("trunc") { trunc($0) }
    one("relu") { relu($0) }
    one("leakyReLU") { leakyReLU($0, slope: 0.1) }
    one("elu") { elu($0, alpha: 1.5) }
    one("gelu") { gelu($0) }
    one("gelu approximate") { gelu($0, approximate: true) }
    one("silu") { silu($0) }
    one("sigmoid") { sigmoid($0) }
    one("logSigmoid") { logSigmoid($0) }
    one("softplus") { softplus($0) }
    one("negate") { -$0 }
    one("pow number") { pow($0, 2.5) }
    one("pow cube") { pow($0, 3) }
    one("pow zero") { pow($0, 0) }
    one("clipped") { $0.clipped(from: -0.7, to: 0.9) }
    one("add number") { $0 + 1.5 }
    one("number add") { 1.5 + $0 }
    one("subtract number") { $0 - 1.5 }
    one("number subtract") { 1.5 - $0 }
    one("multiply number") { $0 * 1.5 }
    one("number multiply") { 1.5 * $0 }
    one("divide number") { $0 / 1.5 }
    one("number divide") { 1.5 / $0 }
    one("converted") { $0.converted(to: Double.self).converted(to: S.self) }
  }

  private mutating func addBinary() {
    two("add") { $0 + $1 }
    two("subtract") { $0 - $1 }
    two("multiply") { $0 * $1 }
    two("divide") { $0 / $1 }
    two("pow") { pow($0, $1) }
    two("maximum") { maximum($0, $1) }
    two("minimum") { minimum($0, $1) }
    two("atan2") { atan2($0, $1) }
    two("remainder") { $0.remainder(dividingBy: $1) }
    two("floorDivided") { $0.floorDivided(by: $1) }
    two("select") { select($0 .> 0, $0 * 2, $1) }
  }

  private mutating func addReductions() {
    one("sum") { $0.sum() }
    one("sum axis") { $0.sum(axis: -1) }
    one("sum axes") { $0.sum(axes: [0, -1], keepingDimensions: true) }
    one("mean") { $0.mean() }
    one("mean axis") { $0.mean(axis: 0, keepingDimensions: true) }
    one("mean axes") { $0.mean(axes: [0, -1]) }
    one("max") { $0.max() }
    one("max axis") { $0.max(axis: -1) }
    one("min") { $0.min() }
    one("min axis") { $0.min(axis: 0, keepingDimensions: true) }
    one("logSumExp") { $0.logSumExp() }
    one("logSumExp axes") { $0.logSumExp(axes: [0, -1], keepingDimensions: true) }
    one("norm") { $0.norm() }
    one("norm 1") { $0.norm(1, axes: [-1]) }
    one("norm 3") { $0.norm(3, axes: [0]) }
    one("norm infinity") { $0.norm(.infinity) }
    one("norm keep") { $0.norm(axes: [0, -1], keepingDimensions: true) }
    one("product") { $0.product() }
    one("product axis") { $0.product(axis: -1, keepingDimensions: true) }
    one("cumulativeSum") { $0.cumulativeSum(axis: 0) }
    one("cumulativeProduct") { $0.cumulativeProduct(axis: -1) }
    one("variance") { $0.variance() }
    one("variance axes") { $0.variance(axes: [0, 2], correction: 0, keepingDimensions: true) }
    one("standardDeviation") { $0.standardDeviation() }
    one("standardDeviation axes") { $0.standardDeviation(axes: [1]) }
    one("softmax") { $0.softmax() }
    one("softmax axis") { $0.softmax(axis: 0) }
    one("logSoftmax") { $0.logSoftmax() }
    one("logSoftmax axis") { $0.logSoftmax(axis: 1) }
  }

  private mutating func addShaping() {
    one("reshaped") { $0.reshaped([4, -1]) }
    one("flattened") { $0.flattened(from: 1) }
    one("transposed") { $0.transposed() }
    one("transposed axes") { $0.transposed(0, 2) }
    one("permuted") { $0.permuted(2, 0, 1) }
    one("expanded") { $0.expanded(to: [2, 3, 4]) }
    one("squeezed") { $0.squeezed() }
    one("squeezed axis") { $0.squeezed(axis: 2) }
    one("unsqueezed") { $0.unsqueezed(axis: -1) }
    one("contiguous") { $0.transposed().contiguous() }
    two("concatenated") { $0.concatenated(with: $1, axis: 1) }
    functions["concatenating"] = { Tensor(concatenating: $0, axis: -1) }
    two("stacking") { Tensor(stacking: [$0, $1], axis: -1) }
    one("split") { OperatorTable.weighted($0.split(size: 2, axis: 0)) }
    one("split sizes") { $0.split(sizes: [1, 0, 3], axis: 1)[2] }
    one("chunked") { OperatorTable.weighted($0.chunked(3, axis: 0)) }
    one("flipped") { $0.flipped(axis: 1) }
    one("rolled") { $0.rolled(by: -3, axis: 1) }
    one("tiled") { $0.tiled([2, 1, 3]) }
    one("repeated") { $0.repeated(3, axis: 0) }
    one("padded") { $0.padded([(0, 3), (1, 2)], with: 1.5) }
    one("padded reflect") { $0.padded([(0, 0), (2, 1), (1, 2)], mode: .reflect) }
    one("padded replicate") { $0.padded([(0, 0), (2, 1), (1, 2)], mode: .replicate) }
    one("padded circular") { $0.padded([(0, 0), (2, 1), (1, 2)], mode: .circular) }
    one("diagonal") { $0.diagonal() }
    one("diagonal offset") { $0.diagonal(offset: -1) }
    one("init diagonal") { Tensor(diagonal: $0, offset: 1) }
    one("lowerTriangle") { $0.lowerTriangle(diagonal: -1) }
    one("upperTriangle") { $0.upperTriangle(diagonal: 1) }
    one("trace") { $0.trace() }
    two("kroneckerProduct") { $0.kroneckerProduct($1) }
    two("meshGrid") {
      let (x, y) = Tensor.meshGrid($0, $1)
      return x * y + x
    }
  }

  /// Part i times i + 1, the last part first.
  private static func weighted(_ parts: [Tensor<S>]) -> Tensor<S> {
    let scaled = parts.enumerated().map { number, part in part * S(number + 1) }
    return Tensor(concatenating: scaled.reversed())
  }

  private mutating func addIndexing() {
    let mask = Tensor<Bool>([[true, false], [true, true]])
    one("subscript element") { $0[1] }
    one("subscript mixed") { $0[-1, 1..<3] }
    one("subscript ellipsis") { $0[.ellipsis, .every(2)] }
    one("subscript reversed") { $0[.every(-1)][.all, .newAxis, 0] }
    one("subscript twice") { $0[0] * $0[1..<3].sum() + $0[0] }
    two("subscript set") { x, y in
      var x = x
      x[.all, 0..<2] = y
      return x
    }
    one("fill") { x in
      var x = x
      x.fill(.all, 1, with: 2.5)
      return x
    }
    one("taking") { $0.taking(Tensor<Int64>([2, 0, 2, 1])) }
    one("taking axis") { $0.taking(Tensor<Int64>([[0, 1], [1, 1]]), axis: 1) }
    one("gathering") { $0.gathering(Tensor<Int64>([[0, 2], [1, 1], [2, 0]]), axis: 1) }
    two("scattering") { $0.scattering($1, at: Tensor<Int64>([[0, 2], [1, 0]]), axis: 1) }
    two("scatteringAdd") { $0.scatteringAdd($1, at: Tensor<Int64>([[0, 1], [0, 1], [2, 0]]), axis: 0) }
    one("masked") { $0.masked(by: $0 .> 0) }
    one("masked rows") { $0.masked(by: Tensor<Bool>([true, false, true])) }
    one("replacing number") { $0.replacing(where: $0 .> 0, with: 0.25) }
    two("replacing") { $0.replacing(where: Tensor<Bool>([true, false, true]), with: $1) }
    one("subscript mask") { $0[mask] }
    two("subscript mask set") { x, y in
      var x = x
      x[mask] = y
      return x
    }
    one("subscript rows") { $0[Tensor<Int64>([[2, 0], [-1, 1]])] }
    one("subscript rows columns") { $0[Tensor<Int64>([[0], [2]]), Tensor<Int64>([1, -1])] }
    two("subscript rows set") { x, y in
      var x = x
      x[Tensor<Int64>([2, 0])] = y
      return x
    }
    two("subscript rows columns set") { x, y in
      var x = x
      x[Tensor<Int64>([[0], [2]]), Tensor<Int64>([1, -1])] = y
      return x
    }
    one("sorted") { $0.sorted().values }
    one("sorted descending") { $0.sorted(axis: 0, descending: true).values }
    one("topK") { $0.topK(3).values }
    one("topK smallest") { $0.topK(2, axis: 0, largest: false).values }
  }

  private mutating func addMatrices() {
    two("matmul") { $0.matmul($1) }
    two("dot") { $0.dot($1) }
    two("outer") { $0.outer($1) }
    three("linear") { linear($0, weight: $1, bias: $2) }
    three("linear relu") { linear($0, weight: $1, bias: $2, activation: .relu) }
    three("linear sigmoid") { linear($0, weight: $1, bias: $2, activation: .sigmoid) }
    three("linear tanh") { linear($0, weight: $1, bias: $2, activation: .tanh) }
    two("linear plain") { linear($0, weight: $1) }
    for equation in ["ii->i", "ii", "ij->ji", "ij->", "...i->..."] {
      one("einsum " + equation) { einsum(equation, $0) }
    }
    for equation in [
      "ij,jk->ik", "bij,bjk->bik", "i,j->ij", "i,i->", "ij,ij->i", "...ij,...jk->...ik", "bhqd,bhkd->bhqk", "iij,j->i",
      "ab,cd->acbd",
    ] {
      two("einsum " + equation) { einsum(equation, $0, $1) }
    }
    for equation in ["ij,jk,kl->il", "bn,anm,bm->ba"] {
      three("einsum " + equation) { einsum(equation, $0, $1, $2) }
    }
  }

  private mutating func addLinearAlgebra() {
    func orStop(_ body: () throws -> Tensor<S>) -> Tensor<S> {
      do { return try body() } catch { fail("test", "\(error)") }
    }
    func dominant(_ x: Tensor<S>) -> Tensor<S> { x + 3 * Tensor(eye: x.shape[x.rank - 1]) }
    func positive(_ x: Tensor<S>) -> Tensor<S> { x.matmul(x.transposed()) + 2 * Tensor(eye: x.shape[x.rank - 1]) }
    one("inverse") { x in orStop { try dominant(x).inverse() } }
    one("determinant") { $0.determinant() }
    one("logDeterminant") { $0.logDeterminant().logarithm }
    one("cholesky") { x in orStop { try positive(x).cholesky() } }
    one("matrixPower") { x in orStop { try x.matrixPower(3) } }
    one("matrixPower negative") { x in orStop { try dominant(x).matrixPower(-2) } }
    one("eigh values") { x in orStop { try (x + x.transposed()).eigh().values } }
    one("eigh vectors") { x in orStop { square(try (x + x.transposed()).eigh().vectors) } }
    one("qr q") { square($0.qr().q) }
    one("qr r") { square($0.qr().r) }
    one("svd values") { x in orStop { try x.svd().s } }
    one("svd u") { x in orStop { square(try x.svd().u) } }
    one("svd v") { x in orStop { square(try x.svd().vTransposed) } }
    one("pseudoinverse") { x in orStop { try x.pseudoinverse() } }
    two("solve") { a, b in orStop { try dominant(a).solve(b) } }
    two("leastSquares") { a, b in orStop { try a.leastSquares(b) } }
  }

  private mutating func addLayers() {
    func convolution(
      _ name: String, stride: (Int, Int) = (1, 1), padding: (Int, Int) = (0, 0), dilation: (Int, Int) = (1, 1),
      groups: Int = 1
    ) {
      let geometry = ConvolutionGeometry(stride: stride, padding: padding, dilation: dilation, groups: groups)
      functions["conv2d " + name] = { conv2d($0[0], weight: $0[1], bias: $0[2], geometry: geometry) }
    }
    convolution("plain")
    convolution("strided", stride: (2, 3), padding: (1, 0))
    convolution("dilated", padding: (2, 1), dilation: (3, 2))
    convolution("grouped", padding: (1, 1), groups: 2)
    convolution("depthwise", stride: (2, 2), padding: (1, 1), groups: 3)
    convolution("pointwise")
    convolution("winograd", padding: (1, 1))
    two("conv2d relu") { conv2d($0, weight: $1, activation: .relu) }
    func transpose(
      _ name: String, _ geometry: ConvolutionGeometry = ConvolutionGeometry(), outputPadding: (Int, Int) = (0, 0)
    ) {
      functions["convTranspose2d " + name] = {
        convTranspose2d($0[0], weight: $0[1], bias: $0[2], geometry: geometry, outputPadding: outputPadding)
      }
    }
    transpose("plain")
    transpose("strided", ConvolutionGeometry(stride: (2, 2), padding: (1, 1)), outputPadding: (1, 1))
    transpose("grouped", ConvolutionGeometry(stride: (2, 1), groups: 2), outputPadding: (1, 0))
    transpose("dilated", ConvolutionGeometry(padding: (1, 1), dilation: (2, 2)))
    one("maxPool2d") { maxPool2d($0, kernel: (2, 2)) }
    one("maxPool2d padded") { maxPool2d($0, kernel: (3, 2), stride: (2, 1), padding: (1, 1)) }
    one("maxPool2d ceil") { maxPool2d($0, kernel: (3, 3), stride: (2, 2), roundingUp: true) }
    one("avgPool2d") { avgPool2d($0, kernel: (2, 2)) }
    one("avgPool2d padded") { avgPool2d($0, kernel: (3, 2), stride: (2, 1), padding: (1, 1)) }
    one("avgPool2d uncounted") {
      avgPool2d($0, kernel: (3, 3), stride: (2, 2), padding: (1, 1), countingPadding: false)
    }
    one("adaptiveAvgPool2d") { adaptiveAvgPool2d($0, size: (2, 3)) }
    one("adaptiveAvgPool2d global") { adaptiveAvgPool2d($0, size: (1, 1)) }
    three("batchNorm train") { batchNorm($0, weight: $1, bias: $2).output }
    three("batchNorm eval") { x, weight, bias in
      let mean = Tensor<S>(repeating: 0.25, shape: weight.shape)
      let variance = Tensor<S>(repeating: 1.5, shape: weight.shape)
      return batchNorm(x, mean: mean, variance: variance, weight: weight, bias: bias)
    }
    one("batchNorm plain") { batchNorm($0, weight: nil, bias: nil).output }
    three("layerNorm") { layerNorm($0, size: [4], weight: $1, bias: $2) }
    three("layerNorm two") { layerNorm($0, size: [3, 4], weight: $1, bias: $2) }
    one("layerNorm plain") { layerNorm($0, size: [5], weight: nil, bias: nil) }
    one("embedding") { embedding(Tensor<Int64>([[2, 0], [2, 1]]), weight: $0, padding: 1) }
    one("embedding plain") { embedding(Tensor<Int64>([[2, 0], [2, 1]]), weight: $0) }
    two("embeddingBag") {
      embeddingBag(
        Tensor<Int64>([2, 0, 2, 1]), starts: Tensor<Int64>([0, 3]), weight: $0, reduction: .sum, factors: $1)
    }
    one("embeddingBag mean") {
      embeddingBag(Tensor<Int64>([2, 0, 2, 1]), starts: Tensor<Int64>([0, 1]), weight: $0, reduction: .mean)
    }
    one("upsample nearest") { upsample($0, scale: (2, 1.5)) }
    one("upsample size") { upsample($0, size: (5, 3), interpolation: .bilinear(alignCorners: true)) }
    one("upsample bilinear") { upsample($0, scale: (1.7, 2), interpolation: .bilinear()) }
    let targets = Tensor<Int64>([2, 0, -100, 3])
    one("crossEntropyPerRow") { $0.crossEntropyPerRow(targets) }
    one("crossEntropyPerRow smoothed") { $0.crossEntropyPerRow(targets, labelSmoothing: 0.2) }
    one("crossEntropyPerRow weighted") {
      $0.crossEntropyPerRow(targets, classWeight: Tensor([0.5, 1, 1.5, 2]), labelSmoothing: 0.1)
    }
  }
}
