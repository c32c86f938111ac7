import D2LFiles
import D2LLayers
import D2LTensor

extension Module {
  /// Loads the weights in the file at `path`, of whatever format; of a checkpoint, its model (``WeightFile/stateDict()``).
  ///
  /// All or nothing: if a name is missing or surplus, or a shape does not fit, the model stays as it was.
  ///
  /// ```swift
  /// let net = ResNet(.resnet18, classes: 10)
  /// try net.loadWeights("resnet18.pth", LoadOptions(except: ["fc"]))
  /// ```
  ///
  /// Throws ``LoadError`` with everything that does not fit, or a `FileError` if the file cannot be read.
  @discardableResult
  public func loadWeights(_ path: String, _ options: LoadOptions = LoadOptions()) throws -> LoadReport {
    // Copies, because a model outlives what happens to its file.
    try loadWeights(Weights.open(path, options: ReadOptions(borrowsMappedMemory: false)).stateDict(), options)
  }

  /// Loads the weights in an opened file, all or nothing, as from a path.
  @discardableResult
  public func loadWeights(_ file: any WeightFile, _ options: LoadOptions = LoadOptions()) throws -> LoadReport {
    var plan = LoadPlan(self, file, options)
    let report = try plan.report()
    guard report.mismatched.isEmpty, !options.strict || report.isComplete else { throw LoadError(report: report) }
    // Everything is read before anything is changed.
    for assignment in try plan.tensors(file) { assignment.target.assign(assignment.tensor) }
    return report
  }

  /// The model's parameters and buffers by name, to be written to a file. Tied ones come under each of their names.
  public func namedTensors() -> NamedTensors {
    NamedTensors(
      members().compactMap { name, member in
        switch member {
        case .parameter(let parameter): (name, parameter.value.erased.detached())
        case .buffer(let buffer): (name, buffer.erased)
        case .module: nil
        }
      })
  }
}

/// A place in a model that a tensor goes to.
private enum LoadTarget {
  case parameter(Parameter)
  case buffer(any AnyBuffer)

  var identity: ObjectIdentifier {
    switch self {
    case .parameter(let parameter): ObjectIdentifier(parameter)
    case .buffer(let buffer): ObjectIdentifier(buffer)
    }
  }

  var shape: Shape {
    switch self {
    case .parameter(let parameter): parameter.shape
    case .buffer(let buffer): buffer.erased.shape
    }
  }

  var dtype: DType {
    switch self {
    case .parameter: .float32
    case .buffer(let buffer): buffer.erased.dtype
    }
  }

  func assign(_ tensor: AnyTensor) {
    switch self {
    case .parameter(let parameter): parameter.value = Tensor(converting: tensor)
    case .buffer(let buffer): buffer.replace(with: tensor.converted(to: dtype))
    }
  }
}

/// Which tensor of a file goes where in a model.
private struct LoadPlan {
  private let options: LoadOptions
  private let file: any WeightFile
  /// The model's places under the first of their names, in order.
  private var places: [(name: String, target: LoadTarget)] = []
  /// All names of each place.
  private var aliases: [ObjectIdentifier: [String]] = [:]
  /// Names in the file by the name they get in the model.
  private var sources: [String: [String]] = [:]
  private var order: [String] = []
  private var assignments: [(source: String, target: LoadTarget)] = []

  init(_ model: any Module, _ file: any WeightFile, _ options: LoadOptions) {
    self.options = options
    self.file = file
    for (name, member) in model.members() {
      let target: LoadTarget
      switch member {
      case .parameter(let parameter): target = .parameter(parameter)
      case .buffer(let buffer): target = .buffer(buffer)
      case .module: continue
      }
      if aliases[target.identity] == nil { places.append((name, target)) }
      aliases[target.identity, default: []].append(name)
    }
    for name in file.names {
      guard let modelName = options.modelName(name) else { continue }
      if sources[modelName] == nil { order.append(modelName) }
      sources[modelName, default: []].append(name)
    }
  }

  /// Compares names, shapes and types.
  mutating func report() throws(FileError) -> LoadReport {
    var report = LoadReport(file: file.file)
    for name in order {
      guard let clash = sources[name], clash.count > 1 else { continue }
      throw FileError(
        file: file.file, at: .key(clash[0]),
        problem: "the key map gives \(clash.joined(separator: " and ")) the name \(name)",
        help: "make the rules of the key map more exact")
    }
    var missing: [String] = []
    var used: Set<String> = []
    for (name, target) in places {
      let names = aliases[target.identity] ?? [name]
      used.formUnion(names)
      guard names.contains(where: options.isSelected) else {
        report.excluded.append(name)
        continue
      }
      guard let found = names.first(where: { sources[$0] != nil }), let source = sources[found]?.first,
        let entry = file.entry(named: source)
      else {
        if options.isOptional(name) { report.tolerated.append(name) } else { missing.append(name) }
        continue
      }
      compare(entry, with: target, name: found, &report)
      assignments.append((source, target))
    }
    var unexpected: [String] = []
    for name in order where !used.contains(name) {
      // What is left out is left out on both sides; "only" names parts of the model, the rest of the file is not asked for.
      if !options.isSelected(name) { continue }
      if options.isOptional(name) { report.tolerated.append(name) } else { unexpected.append(name) }
    }
    report.missing = nearest(missing, among: unexpected)
    report.unexpected = nearest(unexpected, among: missing)
    return report
  }

  private func compare(_ entry: WeightEntry, with target: LoadTarget, name: String, _ report: inout LoadReport) {
    guard let loaded = entry.dtypeInFile.loaded, entry.shape == target.shape, Self.fits(loaded, target.dtype) else {
      report.mismatched.append(
        LoadReport.Mismatch(
          name: name, inFile: "\(entry.shape) of \(entry.dtypeInFile)", inModel: "\(target.shape) of \(target.dtype)"))
      return
    }
    report.loaded.append(name)
    if entry.dtypeInFile != FileDType(target.dtype) {
      report.conversions.append(LoadReport.Conversion(name: name, from: entry.dtypeInFile, to: target.dtype))
    }
  }

  /// Floating point goes to floating point, integers to integers that are no narrower.
  private static func fits(_ from: DType, _ to: DType) -> Bool {
    if from == to || from.isFloatingPoint && to.isFloatingPoint { return true }
    let widths: [DType: Int] = [.uint8: 1, .int32: 2, .int64: 3]
    guard let from = widths[from], let to = widths[to] else { return false }
    return from <= to
  }

  /// Names with their nearest; in a file of another model altogether only the first hundred, because it takes long and helps nobody.
  private func nearest(_ names: [String], among others: [String]) -> [LoadReport.Unmatched] {
    names.enumerated().map { index, name in
      LoadReport.Unmatched(name: name, nearest: index < 100 ? nearestName(to: name, among: others) : nil)
    }
  }

  /// Reads what is to be assigned.
  func tensors(_ file: any WeightFile) throws(FileError) -> [(tensor: AnyTensor, target: LoadTarget)] {
    var result: [(tensor: AnyTensor, target: LoadTarget)] = []
    for (source, target) in assignments { result.append((try file.tensor(named: source), target)) }
    return result
  }
}
