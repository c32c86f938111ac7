import D2LFiles
import D2LLayers
import D2LTensor

/// A model that is known by its name: a row in the table of the package that holds it.
///
/// Programs make it, load weights into it and run it without knowing its type:
///
/// ```swift
/// guard let resnet = VisionZoo.model(named: "resnet18") else { return }
/// let network = resnet.make(classes: 10)
/// try network.module.loadWeights("resnet18.pth", resnet.loading(from: "torchvision"))
/// let scores = try network.run(images)  // [batch, 10]
/// ```
public struct ZooModel: Sendable {
  /// The name: torchvision's or Hugging Face's where they have the model, else the book's.
  public let name: String
  /// What it is, in a few words.
  public let about: String
  /// The section of the book that shows it, if one does.
  public let section: String?
  /// What one example is, without the batch.
  public let input: Input
  /// How many classes, or other outputs, it has unless told otherwise.
  public let classes: Int
  /// Names that other programs give its parameters, where they differ.
  public let sources: [WeightSource]
  private let build: @Sendable (_ classes: Int) -> ZooNetwork

  /// A row whose network `build` makes.
  public init(
    _ name: String, _ about: String, section: String? = nil, input: Input, classes: Int,
    sources: [WeightSource] = [], build: @escaping @Sendable (_ classes: Int) -> ZooNetwork
  ) {
    self.name = name
    self.about = about
    self.section = section
    self.input = input
    self.classes = classes
    self.sources = sources
    self.build = build
  }

  /// A row for a network from one array to one array: `input` is the usual shape of an example, `smallest` the least that goes
  /// through where sizes are free.
  public init(
    _ name: String, _ about: String, section: String? = nil, input: Shape, smallest: Shape? = nil, classes: Int,
    sources: [WeightSource] = [], layer: @escaping @Sendable (_ classes: Int) -> any Layer
  ) {
    let extents = Input(usual: input, smallest: smallest)
    self.init(name, about, section: section, input: extents, classes: classes, sources: sources) { classes in
      let layer = layer(classes)
      return ZooNetwork(layer, takes: extents) { input in layer(Tensor(converting: input)).erased }
    }
  }

  /// A new network with the weights that its kind begins with, in training mode.
  public func make(classes: Int? = nil) -> ZooNetwork { build(classes ?? self.classes) }

  /// The options that load weights of a source into this model: strict, with the source's names. Without a source, or for one that
  /// uses the model's own names, nothing is renamed.
  public func loading(from source: String? = nil) -> LoadOptions {
    sources.first { $0.name == source }?.options ?? LoadOptions()
  }
}

extension ZooModel {
  /// What one example of a model's input is.
  public struct Input: Sendable, Hashable {
    /// The usual shape, without the batch: `[3, 224, 224]`.
    public let usual: Shape
    /// The least sizes. A dimension is fixed where it is equal to that of ``usual``, and else free from here on.
    public let smallest: Shape
    /// `float32` for measurements, `int64` for indices of words.
    public let dtype: DType

    /// An input of fixed sizes, or with free ones from `smallest` on.
    public init(usual: Shape, smallest: Shape? = nil, dtype: DType = .float32) {
      require(
        smallest == nil || smallest?.count == usual.count, "ZooModel",
        "\(smallest ?? []) is no smaller form of \(usual)")
      self.usual = usual
      self.smallest = smallest ?? usual
      self.dtype = dtype
    }

    /// Whether a batch of examples, its first dimension the batch, can be run.
    public func fits(_ batch: Shape) -> Bool {
      guard batch.count == usual.count + 1, batch[0] > 0 else { return false }
      for index in usual.indices {
        let (size, least, most) = (batch[index + 1], smallest[index], usual[index])
        guard least == most ? size == most : size >= least else { return false }
      }
      return true
    }
  }
}

extension ZooModel.Input: CustomStringConvertible {
  /// As `[batch, 3, 224, 224]`; of free sizes the usual ones, and the least.
  public var description: String {
    let sizes = usual.map(String.init).joined(separator: ", ")
    let text = "[batch, \(sizes)] of \(dtype)"
    return smallest == usual ? text : text + ", from [batch, \(smallest.map(String.init).joined(separator: ", "))] on"
  }
}

/// A model made from its row.
public struct ZooNetwork {
  /// What holds its parameters.
  public let module: any Module
  /// What it takes.
  public let input: ZooModel.Input
  private let forward: (AnyTensor) -> AnyTensor

  /// A module with its forward pass.
  public init(_ module: any Module, takes input: ZooModel.Input, forward: @escaping (AnyTensor) -> AnyTensor) {
    self.module = module
    self.input = input
    self.forward = forward
  }

  /// Throws if the model does not take arrays of this shape and type.
  ///
  /// - Parameter file: where the batch comes from, for messages.
  public func check(_ batch: AnyTensor, from file: String = "the batch") throws(FileError) {
    let isIndex = !batch.dtype.isFloatingPoint && batch.dtype != .bool
    guard input.fits(batch.shape), input.dtype.isFloatingPoint ? batch.dtype.isFloatingPoint : isIndex else {
      throw FileError(
        file: file, problem: "an array \(batch.shape) of \(batch.dtype), but the model takes \(input)",
        help: "the first dimension is the batch; one example alone has 1 there")
    }
  }

  /// The output for a batch, in evaluation mode. Numbers of another width are converted: the result of a float64 array is that of its
  /// values as float32.
  ///
  /// Throws as ``check(_:from:)`` does.
  public func run(_ batch: AnyTensor, from file: String = "the batch") throws(FileError) -> AnyTensor {
    try check(batch, from: file)
    let converted = batch.converted(to: input.dtype)
    return module.evaluating { forward(converted) }
  }
}

/// A place that weights come from, and how the names there become ours: a table, not code.
public struct WeightSource: Sendable {
  /// Who wrote the files: "torchvision".
  public let name: String
  /// Beginnings of names that are taken off.
  public let strippingPrefixes: [String]
  /// How names change, behind that.
  public let keyMap: KeyMap

  /// A source and its names.
  public init(_ name: String, strippingPrefixes: [String] = [], keyMap: KeyMap = []) {
    self.name = name
    self.strippingPrefixes = strippingPrefixes
    self.keyMap = keyMap
  }

  /// Strict loading with these names.
  public var options: LoadOptions { LoadOptions(strippingPrefixes: strippingPrefixes, keyMap: keyMap) }
}
