import D2LCore

/// A network with weights from a file.
public struct LoadedModel {
  /// The network.
  public let model: any StagedNetwork
  /// Which it is.
  public let kind: VisionModel
  /// How many classes it has, as the file says.
  public let classes: Int
  /// Whose names the file uses.
  public let origin: WeightOrigin
  /// What became of every name.
  public let report: LoadReport
  /// What the file says beside its tensors.
  public let metadata: [String: String]
}

/// Weights that are another network's.
public struct WrongWeights: Error, CustomStringConvertible {
  /// The network that they were to go into.
  public let model: String
  /// Everything that does not fit.
  public let report: LoadReport
  /// The network whose names and shapes they have, if there is one.
  public let looksLike: Resemblance?

  /// Which network they look like, and the first of the differences.
  public var description: String {
    let lines = report.description.split(separator: "\n").map(String.init)
    var text = "the weights do not fit \(model)"
    if let looksLike { text += ": they look like \(looksLike)" }
    text += "\n" + lines.prefix(16).joined(separator: "\n")
    if lines.count > 16 { text += "\n… and \(lines.count - 16) lines more" }
    if let looksLike { return text + "\nhelp: use --model \(looksLike.model), or other weights" }
    return text + "\nhelp: `d2l inspect \(report.file)` shows what is in the file"
  }
}

/// How near the names and shapes in a file come to those of a network.
public struct Resemblance: Sendable, Hashable, CustomStringConvertible {
  /// The network.
  public let model: String
  /// The share of names with shapes that both have, of those that either has; the layers that end in the classes are not counted.
  public let share: Double

  /// A network and how near the file comes to it.
  public init(model: String, share: Double) {
    self.model = model
    self.share = share
  }

  /// "resnet34" or "resnet34 (in 97% of names and shapes)".
  public var description: String {
    share == 1 ? model : "\(model) (in \(Int((share * 100).rounded(.down)))% of names and shapes)"
  }
}

extension VisionModel {
  /// The network with the weights in the file at `path`: torchvision's or our own names in any format, or Gluon's in a `.params` file; of a checkpoint,
  /// its model; of a model inside another module, without that one's name. It gets as many classes as the file has.
  ///
  /// Throws ``WrongWeights`` that says which network the file looks like, or a `FileError` if it cannot be read.
  public func load(_ path: String, strippingPrefixes: [String] = []) throws -> LoadedModel {
    // Copies, because a model outlives what happens to its file.
    let file = try Weights.open(path, options: ReadOptions(borrowsMappedMemory: false))
    return try load(file, strippingPrefixes: strippingPrefixes)
  }

  /// The network with the weights in an opened file.
  public func load(_ file: any WeightFile, strippingPrefixes: [String] = []) throws -> LoadedModel {
    let weights = file.stateDict()
    let origin = try origin(of: weights)
    let names = try names(of: weights, origin, strippingPrefixes)
    let found = classCount(in: weights, names) ?? classes
    let model = withoutInitialization { make(classes: found, for: origin) }
    do {
      let report = try model.loadWeights(weights, names)
      return LoadedModel(
        model: model, kind: self, classes: found, origin: origin, report: report, metadata: file.metadata)
    } catch let error as LoadError {
      throw WrongWeights(model: name, report: error.report, looksLike: VisionModel.resemblance(of: weights))
    }
  }

  /// A network for other classes that begins with the weights in the file at `path` in all layers but those that end in the classes.
  ///
  /// Throws as ``load(_:strippingPrefixes:)`` does.
  public func loadBody(_ path: String, classes: Int) throws -> LoadedModel {
    let file = try Weights.open(path, options: ReadOptions(borrowsMappedMemory: false))
    let weights = file.stateDict()
    let origin = try origin(of: weights)
    var names = try names(of: weights, origin, [])
    names.except = heads
    let model = make(classes: classes, for: origin)
    do {
      let report = try model.loadWeights(weights, names)
      return LoadedModel(
        model: model, kind: self, classes: classes, origin: origin, report: report, metadata: file.metadata)
    } catch let error as LoadError {
      throw WrongWeights(model: name, report: error.report, looksLike: VisionModel.resemblance(of: weights))
    }
  }

  private func origin(of file: any WeightFile) throws(FileError) -> WeightOrigin {
    guard file.format == .mxnet else { return .torchvision }
    guard gluon != nil else {
      throw FileError(
        file: file.file, problem: "these are weights of MXNet, whose model zoo has no \(name)",
        help: "use the weights of torchvision")
    }
    return .gluon
  }

  /// How the names in a file become the network's.
  private func names(
    of file: any WeightFile, _ origin: WeightOrigin, _ prefixes: [String]
  ) throws(FileError) -> LoadOptions {
    let wrapper = wrapper(of: file.names).map { [$0] } ?? []
    var options = LoadOptions(strippingPrefixes: prefixes + wrapper, keyMap: VisionModel.olderTorchvision)
    let isFlat = family == "MobileNet" && file.names.contains { $0.hasSuffix("features.2.conv.7.weight") }
    if isFlat { options.keyMap = MobileNetV2.flatNames }
    if origin == .gluon, let map = keyMap(forGluon: file.names) { options.keyMap = map }
    return options
  }

  /// What stands before all names of a network that was saved as a part of another module, "pre." of "pre.fc.weight"; else nil.
  private func wrapper(of names: [String]) -> String? {
    guard let last = heads.first.map({ $0 + ".weight" }), let name = names.first(where: { $0.hasSuffix("." + last) })
    else { return nil }
    let prefix = name.dropLast(last.count)
    return names.allSatisfy { $0.hasPrefix(prefix) } ? String(prefix) : nil
  }

  /// From the names in a file of MXNet Gluon's, of either kind, to the network's; nil if Gluon's model zoo does not have it.
  public func keyMap(forGluon names: [String]) -> KeyMap? {
    gluon?.keyMap(for: names, into: withoutInitialization { make(for: .gluon) })
  }

  /// torchvision's DenseNets of before version 0.3, the published ones among them, have a dot more in the names of their layers.
  static let olderTorchvision: KeyMap = [
    .pattern("features.*.*.norm.1.*", "features.*.*.norm1.*"),
    .pattern("features.*.*.norm.2.*", "features.*.*.norm2.*"),
    .pattern("features.*.*.conv.1.*", "features.*.*.conv1.*"),
    .pattern("features.*.*.conv.2.*", "features.*.*.conv2.*"),
  ]

  /// How many classes the last layer in the file has; nil if it is not there.
  private func classCount(in file: any WeightFile, _ options: LoadOptions) -> Int? {
    guard let head = heads.first else { return nil }
    let entry = file.entries.first { options.modelName($0.name)?.hasPrefix(head + ".") == true }
    return entry?.shape.first
  }
}

extension VisionModel {
  /// The network whose names and shapes those in a file come nearest to; nil if none has half of them.
  public static func resemblance(of file: any WeightFile) -> Resemblance? {
    let candidates = all.compactMap { model in
      model.share(of: file).map { Resemblance(model: model.name, share: $0) }
    }
    guard let best = candidates.max(by: { $0.share < $1.share }), best.share >= 0.5 else { return nil }
    return best
  }

  private func share(of file: any WeightFile) -> Double? {
    guard let origin = try? origin(of: file), let options = try? names(of: file, origin, []) else { return nil }
    func isCounted(_ name: String) -> Bool {
      !name.hasSuffix("num_batches_tracked") && !heads.contains { name.hasPrefix($0 + ".") }
    }
    let model = withoutInitialization { make(for: origin) }
    var own: [String: Shape] = [:]
    for (name, parameter) in model.namedParameters() where isCounted(name) { own[name] = parameter.shape }
    for (name, buffer) in model.namedBuffers() where isCounted(name) { own[name] = buffer.erased.shape }
    var theirs: [String: Shape] = [:]
    for entry in file.entries {
      guard let name = options.modelName(entry.name), isCounted(name) else { continue }
      theirs[name] = entry.shape
    }
    let common = own.count { theirs[$0.key] == $0.value }
    let either = own.count + theirs.count - common
    return either == 0 ? nil : Double(common) / Double(either)
  }
}
