import D2LTensor

/// Attention in several heads (Vaswani et al., 2017; book 10.5): queries `[batch, queries, query width]`, keys `[batch, keys, key width]` and
/// values `[batch, keys, value width]` to `[batch, queries, width]`.
///
/// Head h attends with columns h · width / heads … of the projections W_q, W_k, W_v; W_o maps all heads' outputs together. Parameters:
/// `W_q.weight` `[width, query width]`, `W_k.weight`, `W_v.weight`, `W_o.weight` `[width, width]` and a `bias` `[width]` of each, as in the book.
/// PyTorch's `nn.MultiheadAttention` packs them in `in_proj_weight` `[3 width, width]` (query, key, value one above the other), `in_proj_bias`,
/// `out_proj.weight` and `out_proj.bias`, or keeps `q_proj_weight`, `k_proj_weight`, `v_proj_weight` where widths differ:
/// ``separated(_:)`` turns such states into this layer's.
public final class MultiHeadAttention: ModeDependent {
  @Key("W_q") private var queryMap: Linear
  @Key("W_k") private var keyMap: Linear
  @Key("W_v") private var valueMap: Linear
  @Key("W_o") private var outputMap: Linear
  /// How many heads share the width.
  public let heads: Int
  /// The probability of dropping an attention weight.
  public let dropout: Double
  /// Whether it behaves as in training.
  public var isTraining = true

  /// `width` divides by `heads`. Widths of queries, keys and values are `width` unless given.
  public init(
    width: Int, heads: Int, queryWidth: Int? = nil, keyWidth: Int? = nil, valueWidth: Int? = nil, bias: Bool = true,
    dropout: Double = 0
  ) {
    require(heads > 0 && width % heads == 0, "MultiHeadAttention", "a width of \(width) in \(heads) heads")
    require(0...1 ~= dropout, "MultiHeadAttention", "a dropout probability of \(dropout)")
    self.heads = heads
    self.dropout = dropout
    queryMap = Linear(queryWidth ?? width, width, bias: bias)
    keyMap = Linear(keyWidth ?? width, width, bias: bias)
    valueMap = Linear(valueWidth ?? width, width, bias: bias)
    outputMap = Linear(width, width, bias: bias)
  }

  /// The output `[batch, queries, width]`.
  public func callAsFunction(
    queries: Tensor<Float>, keys: Tensor<Float>, values: Tensor<Float>, mask: AttentionMask? = nil
  ) -> Tensor<Float> {
    withWeights(queries: queries, keys: keys, values: values, mask: mask).output
  }

  /// The output and the weights of each head, `[batch, heads, queries, keys]`.
  public func withWeights(
    queries: Tensor<Float>, keys: Tensor<Float>, values: Tensor<Float>, mask: AttentionMask? = nil
  ) -> (output: Tensor<Float>, weights: Tensor<Float>) {
    require(
      queries.rank == 3 && keys.rank == 3 && values.rank == 3 && keys.shape[0] == queries.shape[0]
        && values.shape[0] == queries.shape[0] && values.shape[1] == keys.shape[1], "MultiHeadAttention",
      "queries \(queries.shape), keys \(keys.shape), values \(values.shape)")
    let result = dotProductAttention(
      queries: split(queryMap(queries)), keys: split(keyMap(keys)), values: split(valueMap(values)), mask: mask,
      dropout: isTraining ? dropout : 0)
    let together = result.output.permuted(0, 2, 1, 3).flattened(from: 2)  // [batch, queries, width]
    return (outputMap(together), result.weights)
  }

  /// `[batch, steps, width]` to `[batch, heads, steps, width / heads]`, dense so that the products run as one batch.
  private func split(_ x: Tensor<Float>) -> Tensor<Float> {
    x.reshaped([x.shape[0], x.shape[1], heads, x.shape[2] / heads]).permuted(0, 2, 1, 3).contiguous()
  }

  /// A state with the keys of PyTorch's `nn.MultiheadAttention`, wherever it occurs in the paths, turned into this layer's keys. Other
  /// entries stay as they are.
  public static func separated(_ state: [String: AnyTensor]) -> [String: AnyTensor] {
    let names = ["W_q", "W_k", "W_v"]
    var result: [String: AnyTensor] = [:]
    for (key, array) in state {
      let parts = key.split(separator: ".", omittingEmptySubsequences: false)
      let last = parts.last ?? ""
      let path = parts.dropLast().map { $0 + "." }.joined()
      switch last {
      case "in_proj_weight", "in_proj_bias":
        let kind = last == "in_proj_weight" ? "weight" : "bias"
        for (name, part) in zip(names, Tensor<Float>(converting: array).chunked(3)) {
          result["\(path)\(name).\(kind)"] = part.contiguous().erased
        }
      case "q_proj_weight": result[path + "W_q.weight"] = array
      case "k_proj_weight": result[path + "W_k.weight"] = array
      case "v_proj_weight": result[path + "W_v.weight"] = array
      case "weight" where parts.dropLast().last == "out_proj", "bias" where parts.dropLast().last == "out_proj":
        let outer = parts.dropLast(2).map { $0 + "." }.joined()
        result[outer + "W_o." + last] = array
      default: result[key] = array
      }
    }
    return result
  }
}
