/// Sums of products by Einstein's convention: each operand's dimensions get letters; letters that the result does not name are summed
/// over.
///
/// `"ij,jk->ik"` is a matrix product, `"bii->b"` a trace per batch, `"i,j->ij"` an outer product, `"...ij->...ji"` a transpose of
/// whatever leads. Without `->` the result has the letters that occur once, in alphabetical order. Sizes of 1 broadcast where an ellipsis
/// stands. Pairs are contracted from left to right by matrix products. Differentiable, twice too.
public func einsum<S: FloatingScalar>(_ equation: String, _ operands: Tensor<S>...) -> Tensor<S> {
  let plan = EinsumPlan(equation, operands.map(\.shape))
  return Tensor(plan.contract(operands.map(\.erased)))
}

/// The letters of an einsum. Dimensions under an ellipsis are named by digits, counted from the right.
private struct EinsumPlan {
  private let inputs: [[Character]]
  private let output: [Character]

  init(_ equation: String, _ shapes: [Shape]) {
    let halves = equation.filter { $0 != " " }.replacing("->", with: ">").split(
      separator: ">", omittingEmptySubsequences: false)
    require(halves.count <= 2, "einsum", "more than one arrow in \"\(equation)\"")
    let terms = halves[0].split(separator: ",", omittingEmptySubsequences: false)
    require(
      terms.count == shapes.count, "einsum", "\"\(equation)\" names \(terms.count) operands, \(shapes.count) are given")
    var inputs: [[Character]] = []
    var widest = 0
    for (term, shape) in zip(terms, shapes) {
      let parts = EinsumPlan.split(term, equation)
      let named = parts.before.count + parts.after.count
      require(
        parts.hasEllipsis ? shape.count >= named : shape.count == named, "einsum",
        "\"\(term)\" of \"\(equation)\" for an array of shape \(shape)")
      let open = shape.count - named
      widest = Swift.max(widest, open)
      inputs.append(parts.before + EinsumPlan.digits(open) + parts.after)
    }
    self.inputs = inputs
    if halves.count == 2 {
      let parts = EinsumPlan.split(halves[1], equation)
      output = parts.before + (parts.hasEllipsis ? EinsumPlan.digits(widest) : []) + parts.after
      for letter in output {
        require(
          inputs.contains { $0.contains(letter) } && output.count { $0 == letter } == 1, "einsum",
          "\"\(letter)\" in the result of \"\(equation)\" must stand there once and in an operand")
      }
    } else {
      let all = inputs.joined()
      let once = Set(all).filter { letter in letter.isLetter && all.count { $0 == letter } == 1 }
      output = EinsumPlan.digits(widest) + once.sorted()
    }
  }

  private static func digits(_ count: Int) -> [Character] { Array("76543210".suffix(count)) }

  private static func split(
    _ term: Substring, _ equation: String
  ) -> (before: [Character], after: [Character], hasEllipsis: Bool) {
    let parts = term.replacing("...", with: ".").split(separator: ".", omittingEmptySubsequences: false)
    require(
      parts.count <= 2 && parts.allSatisfy { $0.allSatisfy(\.isLetter) }, "einsum",
      "\"\(term)\" of \"\(equation)\" is not letters with at most one ellipsis")
    return (Array(parts[0]), parts.count == 2 ? Array(parts[1]) : [], parts.count == 2)
  }

  func contract(_ operands: [AnyTensor]) -> AnyTensor {
    var sizes: [Character: Int] = [:]
    for (letters, operand) in zip(inputs, operands) {
      for (letter, size) in zip(letters, operand.shape) {
        let known = sizes[letter] ?? size
        require(
          known == size || letter.isNumber && (known == 1 || size == 1), "einsum",
          "\"\(letter)\" has sizes \(known) and \(size) in \(operands.map(\.shape))")
        sizes[letter] = known == 1 ? size : known
      }
    }
    var result = Term(operands[0], inputs[0])
    for index in operands.indices.dropFirst() {
      let later = inputs[(index + 1)...].joined()
      result = result.times(
        Term(operands[index], inputs[index]), keeping: Set(output).union(later), sizes: sizes)
    }
    return result.summed(keeping: Set(output)).ordered(output)
  }

  /// An array with a letter for each dimension, none twice.
  private struct Term {
    var array: AnyTensor
    var letters: [Character]

    init(_ array: AnyTensor, _ letters: [Character]) {
      self.array = array
      self.letters = letters
      // Letters that stand twice: the diagonal.
      var index = 0
      while index < self.letters.count {
        let letter = self.letters[index]
        guard let second = self.letters.lastIndex(of: letter), second != index else {
          index += 1
          continue
        }
        let others = self.letters.indices.filter { $0 != index && $0 != second }
        self.array = self.array.transposed(order: others + [index, second]).diagonalView(0)
        self.letters = others.map { self.letters[$0] } + [letter]
        index = 0
      }
    }

    func summed(keeping wanted: Set<Character>) -> Term {
      let axes = letters.indices.filter { !wanted.contains(letters[$0]) }
      if axes.isEmpty { return self }
      return Term(array.sum(axes: axes), letters.filter { wanted.contains($0) })
    }

    func ordered(_ wanted: [Character]) -> AnyTensor {
      let order = wanted.compactMap { letters.firstIndex(of: $0) }
      return order == Array(letters.indices) ? array : array.transposed(order: order)
    }

    func times(_ other: Term, keeping wanted: Set<Character>, sizes: [Character: Int]) -> Term {
      let left = summed(keeping: wanted.union(other.letters))
      let right = other.summed(keeping: wanted.union(letters))
      let shared = left.letters.filter { right.letters.contains($0) }
      let stack = shared.filter { wanted.contains($0) }
      let inner = shared.filter { !wanted.contains($0) }
      let rows = left.letters.filter { !shared.contains($0) }
      let columns = right.letters.filter { !shared.contains($0) }
      func sized(_ term: Term, _ letters: [Character]) -> AnyTensor {
        let array = term.ordered(letters)
        let target = Shape(
          letters.map { shared.contains($0) ? sizes[$0] ?? 1 : array.shape[letters.firstIndex(of: $0) ?? 0] })
        return array.expanded(to: target)
      }
      let a = sized(left, stack + rows + inner)
      let b = sized(right, stack + inner + columns)
      let stackShape = Array(a.shape[..<stack.count])
      let rowShape = Array(a.shape[stack.count..<(stack.count + rows.count)])
      let columnShape = Array(b.shape[(stack.count + inner.count)...])
      let batch = stackShape.reduce(1, *)
      let (m, k) = (rowShape.reduce(1, *), a.shape[(stack.count + rows.count)...].reduce(1, *))
      let n = columnShape.reduce(1, *)
      let (x, y) = (a.reshaped([batch, m, k]), b.reshaped([batch, k, n]))
      let product = inner.isEmpty ? x * y : x.multiplied(by: y)
      return Term(product.reshaped(Shape(stackShape + rowShape + columnShape)), stack + rows + columns)
    }
  }
}
