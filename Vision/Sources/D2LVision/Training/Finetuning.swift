import D2LCore
import Foundation

/// A trained network learns other classes (book 13.2): the layers that end in the classes begin anew, the rest of the network, its body, keeps its
/// weights or follows slowly.
///
/// ```swift
/// let finetuning = try Finetuning(.named("resnet18"), weights: "resnet18.pth", classes: 2, body: .slower(0.1))
/// let trainer = Trainer(
///   finetuning.model, finetuning.optimizer(learningRate: 0.01), training: loader, seed: 0, step: finetuning.step)
/// ```
public final class Finetuning {
  /// What becomes of the body.
  public enum Body: Sendable, Hashable {
    /// Its weights and the statistics of its normalisations stay as they are.
    case frozen
    /// It learns at this share of the learning rate.
    case slower(Double)
  }

  /// The network.
  public let model: any StagedNetwork
  /// Which it is.
  public let kind: VisionModel
  /// What becomes of the body.
  public let body: Body
  /// What was loaded; nil if the network begins at random.
  public let report: LoadReport?

  /// A network for `classes` classes whose body has the weights in a file, or begins at random where there is none; the head always does, from the
  /// current random source. Throws as ``VisionModel/loadBody(_:classes:)`` does.
  public init(_ kind: VisionModel, weights path: String?, classes: Int, body: Body) throws {
    self.kind = kind
    self.body = body
    if let path {
      let loaded = try kind.loadBody(path, classes: classes)
      (model, report) = (loaded.model, loaded.report)
    } else {
      (model, report) = (kind.make(classes: classes), nil)
    }
    if body == .frozen { for parameter in bodyParameters { parameter.isFrozen = true } }
  }

  private func isHead(_ name: String) -> Bool { kind.heads.contains { name == $0 || name.hasPrefix($0 + ".") } }

  /// The parameters of the new layers.
  public var headParameters: [Parameter] { model.namedParameters().filter { isHead($0.name) }.map(\.parameter) }
  /// The parameters of the others.
  public var bodyParameters: [Parameter] { model.namedParameters().filter { !isHead($0.name) }.map(\.parameter) }

  /// Stochastic gradient descent with momentum, at the learning rate for the head and at what ``body`` says for the rest.
  public func optimizer(learningRate: Double, momentum: Double = 0.9, weightDecay: Double = 1e-4) -> SGD {
    var groups = [ParameterGroup(headParameters, learningRate: learningRate, weightDecay: weightDecay)]
    if case .slower(let share) = body {
      groups.append(ParameterGroup(bodyParameters, learningRate: share * learningRate, weightDecay: weightDecay))
    }
    return SGD(groups: groups, momentum: momentum)
  }

  /// Scores and loss of a batch. In training GoogLeNet's auxiliary heads count 0.3 each, as in its paper.
  public func step(_ batch: LabeledBatch) -> StepOutcome {
    if body == .frozen {
      // A trainer puts the whole network into training mode before every epoch; the statistics of a frozen body must not move.
      for (name, module) in model.namedModules() where !isHead(name) {
        (module as? any ModeDependent)?.isTraining = false
      }
    }
    guard let network = model as? GoogLeNet, network.isTraining else {
      let logits = model(batch.inputs)
      let loss = crossEntropy(logits, batch.labels)
      return StepOutcome(loss: loss, tally: Tally(loss: loss, logits: logits, labels: batch.labels))
    }
    let (logits, first, second) = network.logits(batch.inputs)
    var loss = crossEntropy(logits, batch.labels)
    for auxiliary in [first, second].compactMap({ $0 }) { loss = loss + 0.3 * crossEntropy(auxiliary, batch.labels) }
    return StepOutcome(loss: loss, tally: Tally(loss: loss, logits: logits, labels: batch.labels))
  }
}

/// What a file of fine-tuned weights says of itself, so that it can be used without being told again.
public struct FinetunedWeights: Sendable, Hashable {
  /// The network, as ``VisionModel`` names it.
  public var model: String
  /// The classes in the order of the network's outputs.
  public var classNames: [String]
  /// What is done to a picture.
  public var preprocessing: ImagePreprocessing

  private static let key = "d2l.classifier"

  /// A description from its parts.
  public init(model: String, classNames: [String], preprocessing: ImagePreprocessing) {
    self.model = model
    self.classNames = classNames
    self.preprocessing = preprocessing
  }

  /// The description in a file's metadata; nil if there is none or if it is not of `classes` classes.
  public init?(metadata: [String: String], classes: Int) {
    guard let text = metadata[FinetunedWeights.key],
      let stored = try? JSONDecoder().decode(Stored.self, from: Data(text.utf8)), stored.classes.count == classes,
      stored.crop > 0, stored.crop <= stored.shorterSide, stored.mean.count == 3, stored.standardDeviation.count == 3,
      !stored.standardDeviation.contains(0)
    else { return nil }
    self.init(
      model: stored.model, classNames: stored.classes,
      preprocessing: ImagePreprocessing(
        shorterSide: stored.shorterSide, crop: stored.crop,
        normalization: ImageNormalization(mean: stored.mean, standardDeviation: stored.standardDeviation)))
  }

  /// The same as metadata.
  public var metadata: [String: String] {
    let stored = Stored(
      model: model, classes: classNames, shorterSide: preprocessing.shorterSide, crop: preprocessing.crop,
      mean: preprocessing.normalization.mean, standardDeviation: preprocessing.normalization.standardDeviation)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    guard let data = try? encoder.encode(stored) else {
      fail("FinetunedWeights", "\(stored) cannot be written as JSON")
    }
    return [FinetunedWeights.key: String(decoding: data, as: UTF8.self)]
  }

  private struct Stored: Codable {
    var model: String
    var classes: [String]
    var shorterSide, crop: Int
    var mean, standardDeviation: [Float]
  }
}
