import D2LCore

/// Published weights of a network: where they are from, how they are recognised, and how pictures were prepared when they were trained.
///
/// The table is torchvision 0.28's. The names of its files carry the first eight digits of their SHA-256, which a download is held to.
public struct PretrainedWeights: Sendable, Hashable {
  /// The network, as ``VisionModel`` names it.
  public var model: String
  /// The publisher's name for the weights: "IMAGENET1K_V1".
  public var release: String
  /// The address of the file.
  public var url: String
  /// The SHA-256 of the file, or its beginning.
  public var sha256: String
  /// What is done to a picture before the network sees it.
  public var preprocessing: ImagePreprocessing
  /// The share of ImageNet's validation pictures that the publisher found classified right, on 0 ... 1.
  public var accuracy: Double?

  /// Published weights.
  public init(
    model: String, release: String, url: String, sha256: String, preprocessing: ImagePreprocessing = .imageNet,
    accuracy: Double? = nil
  ) {
    self.model = model
    self.release = release
    self.url = url
    self.sha256 = sha256
    self.preprocessing = preprocessing
    self.accuracy = accuracy
  }

  /// The name of the file.
  public var file: String { url.split(separator: "/").last.map(String.init) ?? url }

  /// The file among the data sets, so that it is looked for and fetched as they are: `$D2L_DATA/pretrained`, the cache, then the publisher.
  public var dataset: RemoteDataset {
    RemoteDataset(
      name: "pretrained", title: "The file \(file)",
      files: [DataFile(file, urls: [url], published: Fingerprint(sha256: sha256))],
      terms: "BSD 3-Clause (torchvision); trained on ImageNet, whose pictures have terms of their own",
      hint: "give another file with --weights")
  }

  /// The path of the file, after fetching it if need be.
  ///
  /// Throws a `FileError` that names address and file if it is not on this machine and cannot be fetched, or is not what its checksum says.
  public func fetch(
    from cache: DataCache = DataCache(), progress: (@Sendable (Downloader.Progress) -> Void)? = nil
  ) throws(FileError) -> String {
    try cache.fetch(dataset, progress: progress).path(of: file)
  }

  /// The weights of a model, the publisher's recommendation first.
  public static func of(_ model: String) -> [PretrainedWeights] { all.filter { $0.model == model } }

  /// All that is known, those that the publisher recommends before older ones.
  public static let all: [PretrainedWeights] = [
    torchvision("alexnet", "V1", "7be5be79", file: "alexnet-owt", accuracy: 0.56522),
    torchvision("vgg11", "V1", "8a719046", accuracy: 0.69020),
    torchvision("vgg13", "V1", "19584684", accuracy: 0.69928),
    torchvision("vgg16", "V1", "397923af", accuracy: 0.71592),
    torchvision("vgg19", "V1", "dcbb9e9d", accuracy: 0.72376),
    torchvision("vgg11_bn", "V1", "6002323d", accuracy: 0.70370),
    torchvision("vgg13_bn", "V1", "abd245e5", accuracy: 0.71586),
    torchvision("vgg16_bn", "V1", "6c64b313", accuracy: 0.73360),
    torchvision("vgg19_bn", "V1", "c79401a0", accuracy: 0.74218),
    torchvision("googlenet", "V1", "1378be20", accuracy: 0.69778),
    torchvision("resnet18", "V1", "f37072fd", accuracy: 0.69758),
    torchvision("resnet34", "V1", "b627a593", accuracy: 0.73314),
    torchvision("resnet50", "V2", "11ad3fa6", shorterSide: 232, accuracy: 0.80858),
    torchvision("resnet50", "V1", "0676ba61", accuracy: 0.76130),
    torchvision("resnet101", "V2", "cd907fc2", shorterSide: 232, accuracy: 0.81886),
    torchvision("resnet101", "V1", "63fe2227", accuracy: 0.77374),
    torchvision("resnet152", "V2", "f82ba261", shorterSide: 232, accuracy: 0.82284),
    torchvision("resnet152", "V1", "394f9c45", accuracy: 0.78312),
    torchvision("resnext50_32x4d", "V2", "1a0047aa", shorterSide: 232, accuracy: 0.81198),
    torchvision("resnext50_32x4d", "V1", "7cdf4587", accuracy: 0.77618),
    torchvision("resnext101_32x8d", "V2", "110c445d", shorterSide: 232, accuracy: 0.82834),
    torchvision("resnext101_32x8d", "V1", "8ba56ff5", accuracy: 0.79312),
    torchvision("resnext101_64x4d", "V1", "173b62eb", shorterSide: 232, accuracy: 0.83246),
    torchvision("wide_resnet50_2", "V2", "9ba9bcbe", shorterSide: 232, accuracy: 0.81602),
    torchvision("wide_resnet50_2", "V1", "95faca4d", accuracy: 0.78468),
    torchvision("wide_resnet101_2", "V2", "d733dc28", shorterSide: 232, accuracy: 0.82510),
    torchvision("wide_resnet101_2", "V1", "32ee1156", accuracy: 0.78848),
    torchvision("densenet121", "V1", "a639ec97", accuracy: 0.74434),
    torchvision("densenet161", "V1", "8d451a50", accuracy: 0.77138),
    torchvision("densenet169", "V1", "b2777c0a", accuracy: 0.75600),
    torchvision("densenet201", "V1", "c1103571", accuracy: 0.76896),
    torchvision("squeezenet1_0", "V1", "b66bff10", accuracy: 0.58092),
    torchvision("squeezenet1_1", "V1", "b8a52dc0", accuracy: 0.58178),
    torchvision("mobilenet_v2", "V2", "7ebf99e0", shorterSide: 232, accuracy: 0.72154),
    torchvision("mobilenet_v2", "V1", "b0353104", accuracy: 0.71878),
  ]

  private static func torchvision(
    _ model: String, _ version: String, _ digits: String, file: String? = nil, shorterSide: Int = 256, accuracy: Double
  ) -> PretrainedWeights {
    PretrainedWeights(
      model: model, release: "IMAGENET1K_" + version,
      url: "https://download.pytorch.org/models/\(file ?? model)-\(digits).pth", sha256: digits,
      preprocessing: ImagePreprocessing(shorterSide: shorterSide, crop: 224, normalization: .imageNet),
      accuracy: accuracy)
  }
}
