/// How weights are put into a model.
public struct LoadOptions: Sendable {
  /// Whether every name of the model must be in the file, and the other way round. Shapes must always agree.
  public var strict: Bool
  /// Beginnings taken off the names in the file where they have them; before the key map.
  public var strippingPrefixes: [String]
  /// How the names in the file become those of the model.
  public var keyMap: KeyMap
  /// If not empty, the only parts of the model that are loaded: paths as "features", or names with wildcards.
  public var only: [String]
  /// Parts of the model that stay as they are, as a head for other classes: paths or names with wildcards.
  public var except: [String]
  /// Names that may be missing on either side: the counters of batch normalisation, which older files do not have.
  public var optional: [String]

  /// Strict loading of everything, unless told otherwise.
  public init(
    strict: Bool = true, strippingPrefixes: [String] = [], keyMap: KeyMap = [], only: [String] = [],
    except: [String] = [], optional: [String] = ["**.num_batches_tracked", "num_batches_tracked"]
  ) {
    self.strict = strict
    self.strippingPrefixes = strippingPrefixes
    self.keyMap = keyMap
    self.only = only
    self.except = except
    self.optional = optional
  }

  /// Whether this name of the model is to be loaded.
  func isSelected(_ name: String) -> Bool {
    (only.isEmpty || only.contains { KeyPattern.selects($0, name) })
      && !except.contains { KeyPattern.selects($0, name) }
  }

  func isOptional(_ name: String) -> Bool { optional.contains { KeyPattern.selects($0, name) } }

  /// The model's name for a name in the file; nil if the key map drops it.
  public func modelName(_ name: String) -> String? {
    var name = name
    for prefix in strippingPrefixes where name.hasPrefix(prefix) { name = String(name.dropFirst(prefix.count)) }
    return keyMap(name)
  }
}
