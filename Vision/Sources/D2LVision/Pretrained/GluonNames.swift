import D2LCore

/// How MXNet Gluon's model zoo names the parameters of a family.
///
/// Its files come with two kinds of names. `save_parameters` writes paths of blocks, `features.4.0.body.0.weight`: these are translated by rules. The
/// zoo's own downloads are older and count layers in order of creation within a scope, `stage1_conv0_weight`: these are counted along the model.
public struct GluonNames: Sendable {
  /// From paths of blocks to our names.
  let paths: KeyMap
  /// What names of layers below a path of ours begin with in older files, instead of nothing.
  let scopes: [(path: String, scope: String)]
  /// Layers that are not counted but named in older files.
  let named: [(path: String, name: String)]

  /// Names by rules; `gamma` and `beta` of batch normalisation become `weight` and `bias` behind them.
  init(
    _ paths: [KeyMap.Rule], scopes: [(path: String, scope: String)] = [], named: [(path: String, name: String)] = []
  ) {
    self.paths = KeyMap(paths + [.pattern("**.gamma", "**.weight"), .pattern("**.beta", "**.bias")])
    self.scopes = scopes
    self.named = named
  }

  /// The key map for a file with these names, into `model`.
  func keyMap(for names: [String], into model: any Module) -> KeyMap {
    names.contains { $0.contains(".") } ? paths : counted(model)
  }

  private func counted(_ model: any Module) -> KeyMap {
    var counts: [String: Int] = [:]
    var rules: [KeyMap.Rule] = []
    for (path, module) in model.namedModules() {
      let scope = scopes.first { path.hasPrefix($0.path) }?.scope ?? ""
      func prefix(_ kind: String) -> String {
        if let name = named.first(where: { $0.path == path })?.name { return name }
        defer { counts[scope + kind, default: 0] += 1 }
        return "\(scope)\(kind)\(counts[scope + kind, default: 0])"
      }
      switch module {
      case is BatchNorm2d:
        let layer = prefix("batchnorm")
        for (theirs, ours) in [("gamma", "weight"), ("beta", "bias")] {
          rules.append(.exact("\(layer)_\(theirs)", "\(path).\(ours)"))
        }
        for statistic in ["running_mean", "running_var"] {
          rules.append(.exact("\(layer)_\(statistic)", "\(path).\(statistic)"))
        }
      case is Conv2d, is Linear:
        let layer = prefix(module is Conv2d ? "conv" : "dense")
        for part in ["weight", "bias"] { rules.append(.exact("\(layer)_\(part)", "\(path).\(part)")) }
      default: break
      }
    }
    return KeyMap(rules)
  }
}

extension GluonNames {
  /// `alexnet`: activations are parts of the convolutions, so positions differ.
  static let alexNet: GluonNames = {
    // Moved in two steps, so that no rule meets what an earlier one has made.
    var rules: [KeyMap.Rule] = []
    for (theirs, ours) in [(0, 0), (2, 3), (4, 6), (5, 8), (6, 10)] {
      rules.append(.prefix("features.\(theirs).", "at features.\(ours)."))
    }
    for (theirs, ours) in [(9, 1), (11, 4)] { rules.append(.prefix("features.\(theirs).", "at classifier.\(ours).")) }
    return GluonNames(rules + [.prefix("at ", ""), .prefix("output.", "classifier.6.")])
  }()

  /// `vgg…`: convolutions at the same positions; the dense layers follow them in the same list.
  static func vgg(_ depth: VGGDepth, batchNorm: Bool) -> GluonNames {
    let convolutions = depth.repeats.reduce(0, +)
    let end = convolutions * (batchNorm ? 3 : 2) + depth.repeats.count
    return GluonNames([
      .prefix("features.\(end).", "classifier.0."), .prefix("features.\(end + 2).", "classifier.3."),
      .prefix("output.", "classifier.6."),
    ])
  }

  /// `resnet…_v1`.
  static let resNet: GluonNames = {
    var rules: [KeyMap.Rule] = [.prefix("features.0.", "conv1."), .prefix("features.1.", "bn1.")]
    for stage in 1...4 { rules.append(.prefix("features.\(stage + 3).", "layer\(stage).")) }
    for (position, name) in [(0, "conv1"), (1, "bn1"), (3, "conv2"), (4, "bn2"), (6, "conv3"), (7, "bn3")] {
      rules.append(.pattern("*.*.body.\(position).*", "*.*.\(name).*"))
    }
    rules.append(.prefix("output.", "fc."))
    return GluonNames(rules, scopes: (1...4).map { ("layer\($0).", "stage\($0)_") })
  }()

  /// `densenet…`.
  static func denseNet(_ variant: DenseNetVariant) -> GluonNames {
    var rules: [KeyMap.Rule] = [.prefix("features.0.", "features.conv0."), .prefix("features.1.", "features.norm0.")]
    for (block, count) in variant.layers.enumerated() {
      for layer in 0..<count {
        let ours = "features.denseblock\(block + 1).denselayer\(layer + 1)"
        for (position, name) in [(0, "norm1"), (2, "conv1"), (3, "norm2"), (5, "conv2")] {
          rules.append(.prefix("features.\(4 + 2 * block).\(layer).1.\(position).", "\(ours).\(name)."))
        }
      }
      if block == 3 { break }
      for (position, name) in [(0, "norm"), (2, "conv")] {
        rules.append(.prefix("features.\(5 + 2 * block).\(position).", "features.transition\(block + 1).\(name)."))
      }
    }
    rules += [.prefix("features.11.", "features.norm5."), .prefix("output.", "classifier.")]
    return GluonNames(rules, scopes: (1...4).map { ("features.denseblock\($0).", "stage\($0)_") })
  }

  /// `squeezenet…`.
  static let squeezeNet = GluonNames([
    .pattern("features.*.0.0.*", "features.*.squeeze.*"), .pattern("features.*.1.0.0.*", "features.*.expand1x1.*"),
    .pattern("features.*.1.1.0.*", "features.*.expand3x3.*"), .prefix("output.0.", "classifier.1."),
  ])

  /// `mobilenetv2_1.0`.
  static let mobileNetV2: GluonNames = {
    var rules: [KeyMap.Rule] = [
      .prefix("features.0.", "at 0.0."), .prefix("features.1.", "at 0.1."), .prefix("features.20.", "at 18.0."),
      .prefix("features.21.", "at 18.1."),
    ]
    for block in 1...17 { rules.append(.prefix("features.\(block + 2).out.", "in \(block).")) }
    for (position, ours) in [(0, "0.0"), (1, "0.1"), (3, "1.0"), (4, "1.1"), (6, "2"), (7, "3")] {
      rules.append(.pattern("in *.\(position).*", "at *.conv.\(ours).*"))
    }
    rules += [.prefix("at ", "features."), .prefix("output.0.", "classifier.1.")]
    var scopes = (1...17).map { (path: "features.\($0).", scope: "features_linearbottleneck\($0 - 1)_") }
    scopes.append((path: "features.", scope: "features_"))
    return GluonNames(rules, scopes: scopes, named: [("classifier.1", "output_pred")])
  }()
}
