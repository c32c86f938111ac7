/// What checks one public operator, layer, loss, optimizer or schedule: a row of the coverage table.
public struct Coverage: Sendable {
  /// What a row is about.
  public enum Kind: String, Sendable, CaseIterable {
    /// A public function, initialiser or subscript of D2LTensor.
    case tensorOperator = "operator"
    /// A public type or function of D2LLayers that is no loss.
    case layer
    /// A loss of D2LLayers.
    case loss
    /// An optimizer of D2LOptim.
    case optimizer
    /// A schedule of learning rates in D2LOptim.
    case schedule
    /// What the optimizers and schedules of D2LOptim are made of.
    case optimization
  }

  /// What a check is.
  public enum Check: Sendable, Hashable {
    /// Against PyTorch's goldens of the named functions in `TensorTests/Goldens/tensor_*.json`; for gradients, central differences in Double too.
    case operatorGoldens([String])
    /// Against PyTorch's goldens whose names begin so: `layers/conv2d`. For gradients, differences along a direction too.
    case goldens([String])
    /// By a test of its own: "Suite.function".
    case test(String)
    /// There is nothing to check, and why.
    case none(String)
  }

  /// What the row is about.
  public let kind: Kind
  /// The name as the source declares it, with the labels of a function.
  public let name: String
  /// How the gradient is checked.
  public let gradient: Check
  /// How the values are checked, against PyTorch or another independent reference.
  public let values: Check

  /// All rows.
  public static let all: [Coverage] = operators + layers + losses + optimizers + schedules + optimization

  /// Every row with what its checks are in words, and whether the sources document it. Throws if the sources are not where they were when this was
  /// built.
  public static func rows() throws -> [Row] {
    let documented = try Declaration.all().reduce(into: [String: Bool]()) { found, declaration in
      found["\(declaration.module).\(declaration.name)", default: true] =
        found["\(declaration.module).\(declaration.name)", default: true] && declaration.isDocumented
    }
    return all.map { entry in
      Row(
        kind: entry.kind.rawValue, name: entry.name, gradient: entry.gradient.text(isGradient: true),
        values: entry.values.text(isGradient: false),
        documented: documented["\(entry.kind.module).\(entry.name)"].map { $0 ? "yes" : "no" } ?? "not declared")
    }
  }

  /// A row of the table in words.
  public struct Row: Sendable, Codable {
    /// What it is about: "operator", "layer".
    public let kind: String
    /// The name as the source declares it.
    public let name: String
    /// How the gradient is checked.
    public let gradient: String
    /// How the values are checked.
    public let values: String
    /// "yes" where a comment stands above every declaration of that name.
    public let documented: String
  }
}

extension Coverage.Kind {
  /// The module that declares what is of this kind.
  public var module: String {
    switch self {
    case .tensorOperator: "D2LTensor"
    case .layer, .loss: "D2LLayers"
    case .optimizer, .schedule, .optimization: "D2LOptim"
    }
  }
}

extension Coverage.Check {
  /// The check in a few words.
  func text(isGradient: Bool) -> String {
    switch self {
    case .operatorGoldens: isGradient ? "PyTorch, differences" : "PyTorch"
    case .goldens(let names):
      isGradient
        ? "PyTorch, differences"
        : names.allSatisfy { $0.hasPrefix("optim/") }
          ? "PyTorch, \(names.count) \(names.count == 1 ? "run" : "runs")" : "PyTorch"
    case .test(let name): "test \(name)"
    case .none(let why): "none: \(why)"
    }
  }
}
