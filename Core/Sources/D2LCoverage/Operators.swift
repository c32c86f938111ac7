extension Coverage {
  static let operators: [Coverage] = elementwise + reductions + shaping + matrices + networks + plain

  /// An operator whose values and gradients OperatorTests checks.
  private static func both(_ name: String, _ keys: String...) -> Coverage {
    tensorOperator(name, gradient: .operatorGoldens(keys), values: .operatorGoldens(keys))
  }

  /// An operator without a gradient, whose values a test checks.
  private static func values(_ name: String, _ test: String, _ why: String = "not differentiable") -> Coverage {
    tensorOperator(name, gradient: .none(why), values: .test(test))
  }

  private static func tensorOperator(_ name: String, gradient: Check, values: Check) -> Coverage {
    Coverage(kind: .tensorOperator, name: name, gradient: gradient, values: values)
  }

  private static let elementwise: [Coverage] = {
    var rows: [Coverage] = []
    rows += [
      "exp", "expm1", "log", "log2", "log10", "log1p", "sqrt", "rsqrt", "reciprocal", "square", "abs", "sin", "cos",
      "tan",
      "asin", "acos", "atan", "sinh", "cosh", "tanh", "erf", "relu", "silu", "sigmoid", "logSigmoid", "softplus",
    ].map { both("\($0)(_:)", $0) }
    rows += ["sign", "floor", "ceil", "round", "trunc"].map {
      // Goldens hold their gradients (0); differences across a step mean nothing.
      tensorOperator("\($0)(_:)", gradient: .none("zero everywhere"), values: .operatorGoldens([$0]))
    }
    rows += [
      both("leakyReLU(_:slope:)", "leakyReLU"), both("elu(_:alpha:)", "elu"),
      both("gelu(_:approximate:)", "gelu", "gelu approximate"), both("clipped(from:to:)", "clipped"),
      both("pow(_:_:)", "pow", "pow number", "pow cube", "pow zero"), both("maximum(_:_:)", "maximum"),
      both("minimum(_:_:)", "minimum"), both("atan2(_:_:)", "atan2"), both("select(_:_:_:)", "select"),
      both("+(left:right:)", "add", "add number", "number add"),
      both("-(left:right:)", "subtract", "subtract number", "number subtract"),
      both("*(left:right:)", "multiply", "multiply number", "number multiply"),
      both("/(left:right:)", "divide", "divide number", "number divide"), both("-(x:)", "negate"),
      both("converted(to:)", "converted"),
    ]
    rows += ["+=", "-=", "*=", "/="].map {
      let test = Check.test("AutogradTests.inPlaceArithmeticIsRecorded")
      return tensorOperator(
        "\($0)(left:right:)", gradient: test,
        values: $0 == "/=" ? test : .test("IndexingPropertyTests.broadcasting"))
    }
    rows += [
      tensorOperator(
        "remainder(dividingBy:)", gradient: .none("not differentiable"), values: .operatorGoldens(["remainder"])),
      tensorOperator(
        "floorDivided(by:)", gradient: .none("not differentiable"), values: .operatorGoldens(["floorDivided"])),
    ]
    return rows
  }()

  private static let reductions: [Coverage] = [
    both("sum()", "sum"), both("sum(axis:keepingDimensions:)", "sum axis"),
    both("sum(axes:keepingDimensions:)", "sum axes"), both("mean()", "mean"),
    both("mean(axis:keepingDimensions:)", "mean axis"), both("mean(axes:keepingDimensions:)", "mean axes"),
    both("max()", "max"), both("max(axis:keepingDimensions:)", "max axis"), both("min()", "min"),
    both("min(axis:keepingDimensions:)", "min axis"), both("product()", "product"),
    both("product(axis:keepingDimensions:)", "product axis"), both("cumulativeSum(axis:)", "cumulativeSum"),
    both("cumulativeProduct(axis:)", "cumulativeProduct"),
    both("variance(axes:correction:keepingDimensions:)", "variance", "variance axes"),
    both("standardDeviation(axes:correction:keepingDimensions:)", "standardDeviation", "standardDeviation axes"),
    both("logSumExp(axes:keepingDimensions:)", "logSumExp", "logSumExp axes"),
    both("norm(_:axes:keepingDimensions:)", "norm", "norm 1", "norm 3", "norm infinity", "norm keep"),
    both("softmax(axis:)", "softmax", "softmax axis"), both("logSoftmax(axis:)", "logSoftmax", "logSoftmax axis"),
    values("argmax()", "ValueTests.positionsOfExtremes"),
    values("argmax(axis:keepingDimensions:)", "IndexingPropertyTests.reductions"),
    values("argmin()", "ValueTests.positionsOfExtremes"),
    values("argmin(axis:keepingDimensions:)", "ValueTests.positionsOfExtremes"),
    values("any(axis:keepingDimensions:)", "ValueTests.logic"),
    values("all(axis:keepingDimensions:)", "ValueTests.logic"),
    values("countTrue(axis:keepingDimensions:)", "ValueTests.logic"),
  ]

  private static let shaping: [Coverage] = [
    both("reshaped(_:)", "reshaped"), both("flattened(from:)", "flattened"), both("transposed()", "transposed"),
    both("transposed(_:_:)", "transposed axes"), both("permuted(_:)", "permuted"), both("expanded(to:)", "expanded"),
    both("squeezed(axis:)", "squeezed", "squeezed axis"), both("unsqueezed(axis:)", "unsqueezed"),
    both("contiguous()", "contiguous"), both("init(concatenating:axis:)", "concatenating"),
    both("concatenated(with:axis:)", "concatenated"), both("init(stacking:axis:)", "stacking"),
    both("split(size:axis:)", "split"), both("split(sizes:axis:)", "split sizes"), both("chunked(_:axis:)", "chunked"),
    both("flipped(axis:)", "flipped"), both("rolled(by:axis:)", "rolled"), both("tiled(_:)", "tiled"),
    both("repeated(_:axis:)", "repeated"), both("padded(_:with:)", "padded"),
    both("padded(_:mode:)", "padded reflect", "padded replicate", "padded circular"),
    both("diagonal(offset:)", "diagonal", "diagonal offset"), both("init(diagonal:offset:)", "init diagonal"),
    both("lowerTriangle(diagonal:)", "lowerTriangle"), both("upperTriangle(diagonal:)", "upperTriangle"),
    both("trace()", "trace"), both("kroneckerProduct(_:)", "kroneckerProduct"), both("meshGrid(_:_:)", "meshGrid"),
    both(
      "subscript(_:)", "subscript element", "subscript mixed", "subscript ellipsis", "subscript reversed",
      "subscript twice", "subscript set", "subscript mask", "subscript mask set"),
    both(
      "subscript(_:_:)", "subscript rows", "subscript rows columns", "subscript rows set",
      "subscript rows columns set"),
    both("fill(_:with:)", "fill"), both("taking(_:axis:)", "taking", "taking axis"),
    both("gathering(_:axis:)", "gathering"), both("scattering(_:at:axis:)", "scattering"),
    both("scatteringAdd(_:at:axis:)", "scatteringAdd"), both("masked(by:)", "masked", "masked rows"),
    both("replacing(where:with:)", "replacing", "replacing number"),
    both("sorted(axis:descending:)", "sorted", "sorted descending"),
    both("topK(_:axis:largest:)", "topK", "topK smallest"),
    values("argsort(axis:descending:)", "ValueTests.positionsOfExtremes"),
    values("unique()", "DistributionTests.tablesAndHistograms"),
    values("binCount(minimumCount:)", "DistributionTests.tablesAndHistograms"),
    values("histogram(bins:range:)", "DistributionTests.tablesAndHistograms"),
    values("positionsOfTrue()", "ValueTests.logic"), values("every(_:from:to:)", "IndexingPropertyTests.subscripts"),
  ]

  private static let matrices: [Coverage] = [
    both("matmul(_:)", "matmul"), both("dot(_:)", "dot"), both("outer(_:)", "outer"),
    both(
      "linear(_:weight:bias:activation:)", "linear", "linear plain", "linear relu", "linear sigmoid", "linear tanh"),
    both(
      "einsum(_:_:)", "einsum ij,jk->ik", "einsum ii", "einsum ...ij,...jk->...ik", "einsum bhqd,bhkd->bhqk",
      "einsum bn,anm,bm->ba"),
    both("inverse()", "inverse"), both("determinant()", "determinant"), both("logDeterminant()", "logDeterminant"),
    both("solve(_:)", "solve"), both("cholesky()", "cholesky"),
    both("matrixPower(_:)", "matrixPower", "matrixPower negative"), both("qr()", "qr q", "qr r"),
    both("svd(full:)", "svd values", "svd u", "svd v"), both("eigh()", "eigh values", "eigh vectors"),
    both("pseudoinverse(tolerance:)", "pseudoinverse"), both("leastSquares(_:)", "leastSquares"),
    values("eig()", "LinearAlgebraTests.generalEigenvalues"),
    values("matrixRank(tolerance:)", "LinearAlgebraTests.ranksAndLeastSquares"),
  ]

  private static let networks: [Coverage] = [
    both(
      "conv2d(_:weight:bias:geometry:activation:)", "conv2d plain", "conv2d strided", "conv2d dilated",
      "conv2d grouped", "conv2d depthwise", "conv2d pointwise", "conv2d winograd", "conv2d relu"),
    both(
      "convTranspose2d(_:weight:bias:geometry:outputPadding:)", "convTranspose2d plain", "convTranspose2d strided",
      "convTranspose2d grouped", "convTranspose2d dilated"),
    both(
      "maxPool2d(_:kernel:stride:padding:roundingUp:)", "maxPool2d", "maxPool2d padded", "maxPool2d ceil"),
    both(
      "avgPool2d(_:kernel:stride:padding:roundingUp:countingPadding:)", "avgPool2d", "avgPool2d padded",
      "avgPool2d uncounted"),
    both("adaptiveAvgPool2d(_:size:)", "adaptiveAvgPool2d", "adaptiveAvgPool2d global"),
    both("batchNorm(_:weight:bias:epsilon:)", "batchNorm train", "batchNorm plain"),
    both("batchNorm(_:mean:variance:weight:bias:epsilon:)", "batchNorm eval"),
    both("layerNorm(_:size:weight:bias:epsilon:)", "layerNorm", "layerNorm two", "layerNorm plain"),
    both(
      "crossEntropyPerRow(_:classWeight:labelSmoothing:ignoring:)", "crossEntropyPerRow",
      "crossEntropyPerRow smoothed", "crossEntropyPerRow weighted"),
    both("embedding(_:weight:padding:sparse:)", "embedding", "embedding plain"),
    both("embeddingBag(_:starts:weight:reduction:factors:padding:)", "embeddingBag", "embeddingBag mean"),
    both("upsample(_:size:interpolation:)", "upsample size"),
    both("upsample(_:scale:interpolation:)", "upsample nearest", "upsample bilinear"),
    tensorOperator(
      "recurrent(_:cell:weights:initialState:initialCell:lengths:reversed:)",
      gradient: .test("RecurrentGradients.operandsByDifferences"), values: .test("RecurrentParity.agrees")),
    values("init(input:hidden:inputBias:hiddenBias:)", "RecurrentGradients.operandsByDifferences", "holds arrays"),
    tensorOperator(
      "droppedOut(probability:using:)", gradient: .test("DistributionTests.dropoutIsTheSameMaskBackwards"),
      values: .test("DistributionTests.dropoutIsTheSameMaskBackwards")),
  ]

  /// Making, reading, comparing; randomness; the tape itself.
  private static let plain: [Coverage] = {
    var rows: [Coverage] = []
    rows += [
      "init(_:)", "init(shape:values:)", "init(repeating:shape:)", "init(shape:filledBy:)", "init(zeros:)",
      "init(ones:)", "init(zerosLike:)", "init(onesLike:)", "init(rangeFrom:to:by:)", "init(arange:)",
      "init(eye:columns:)", "init(linearSpaceFrom:to:count:)", "init(oneHot:classes:)", "init?(exactly:)",
      "init(converting:)",
    ].map { values($0, "ValueTests.creation", "makes new arrays") }
    rows += ["item()", "withUnsafeBufferPointer(_:)", "withUnsafeMutableBufferPointer(_:)"].map {
      values($0, "ValueTests.valuesComeOut")
    }
    rows += [".==", ".!=", ".<", ".<=", ".>", ".>="].map { values("\($0)(left:right:)", "ValueTests.comparisons") }
    rows += [".&&(left:right:)", ".||(left:right:)", "!(x:)", "xor(_:)", "isNaN()", "isFinite()"].map {
      values($0, "ValueTests.logic")
    }
    rows += [
      values("==(left:right:)", "ValueTests.comparisons"),
      values("isClose(to:relative:absolute:)", "ValueTests.closeness"),
    ]
    rows += [
      "init(randomExponential:rate:using:)", "init(randomGamma:alpha:rate:using:)",
      "init(randomBeta:alpha:beta:using:)", "normal()", "exponential(rate:)", "gamma(shape:rate:)", "beta(_:_:)",
      "uniform()",
    ].map { values($0, "DistributionTests.continuousDistributions", "draws") }
    rows += [
      "init(randomPoisson:mean:using:)", "init(randomBinomial:trials:probability:using:)",
      "init(randomBernoulli:probability:using:)", "init(randomBernoulli:using:)", "poisson(mean:)",
      "binomial(trials:probability:)",
    ].map { values($0, "DistributionTests.countingDistributions", "draws") }
    rows += [
      "init(randomUniform:from:to:using:)", "init(randomUniform:from:to:)",
      "init(randomNormal:mean:standardDeviation:using:)", "init(randomNormal:mean:standardDeviation:)",
      "init(randomIntegers:in:using:)", "init(randomIntegers:in:)", "init(randomBernoulli:probability:)",
      "permutation(_:)", "next()", "init(seed:position:)", "init(seed:)", "scope(_:)", "withRandomSeed(_:_:)",
    ].map { values($0, "DistributionTests.equalSeedsAgreeAndOthersDiffer", "draws") }
    rows += [
      values(
        "init(randomTruncatedNormal:mean:standardDeviation:in:using:)", "DistributionTests.truncatedNormals", "draws"),
      values(
        "init(randomTruncatedNormal:mean:standardDeviation:in:)", "DistributionTests.shiftedTruncatedNormal", "draws"),
      values("truncatedNormal(in:)", "DistributionTests.truncatedNormals", "draws"),
      values("init(randomMultinomial:probabilities:using:)", "DistributionTests.multinomialCounts", "draws"),
      values("sampledIndices(_:replacement:using:)", "DistributionTests.sampledPositions", "draws"),
      values("sampledIndices(_:replacement:)", "DistributionTests.sampledPositions", "draws"),
      values("stream(_:)", "DistributionTests.derivedStreamsDiffer", "draws"),
    ]
    rows += [
      ("requiringGradient()", "gradientsAccumulateUntilTheyAreZeroed"),
      ("zeroGradient()", "gradientsAccumulateUntilTheyAreZeroed"),
      ("detached()", "detachedAndWithoutGradientCutTheGraph"),
      ("withoutGradient(_:)", "detachedAndWithoutGradientCutTheGraph"),
      ("backward(retainingGraph:createGraph:)", "aGraphCanBeKeptForAnotherPass"),
      ("backward(gradient:retainingGraph:createGraph:)", "gradientsOfNonScalarsAreWeighted"),
      ("gradients(of:withRespectTo:retainingGraph:createGraph:)", "gradientsOfInputsLeaveLeavesAlone"),
    ].map { values($0.0, "AutogradTests.\($0.1)", "the tape itself") }
    rows += [
      values("init(stride:padding:dilation:groups:)", "ConvolutionGeometryTests.geometriesCompare", "sizes"),
      values("==(a:b:)", "ConvolutionGeometryTests.geometriesCompare", "sizes"),
      values("hash(into:)", "ConvolutionGeometryTests.geometriesCompare", "sizes"),
    ]
    return rows
  }()
}
