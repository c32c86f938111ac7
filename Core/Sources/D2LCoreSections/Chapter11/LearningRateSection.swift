import ArgumentParser
import D2LCommands
import D2LCore

/// The schedules that 11.11 compares.
enum ScheduleChoice: String, CaseIterable, ExpressibleByArgument {
  case constant
  case squareRoot = "square-root"
  case multiStep = "multi-step"
  case cosine
  case warmUp = "warm-up"

  /// The rate to begin with, where the constant one is `base`: with the book's 0.3 they are 0.1, 0.5 and otherwise 0.3.
  func firstRate(_ base: Double) -> Double {
    switch self {
    case .squareRoot: base / 3
    case .multiStep: base / 3 * 5
    case .constant, .cosine, .warmUp: base
    }
  }

  /// How the rate goes on, by epochs or by batches, of which an epoch has `batchCount`; nil if it stays.
  ///
  /// The warm-up goes by batches: by epochs, as in the book, its first epoch would have the rate 0 and learn nothing.
  func schedule(batchCount: Int) -> (function: any LearningRateSchedule, unit: ScheduleUnit)? {
    switch self {
    case .constant: nil
    case .squareRoot: (SquareRootSchedule(), .epoch)
    case .multiStep: (MultiStepSchedule(milestones: [15, 30], gamma: 0.5), .epoch)
    case .cosine: (CosineSchedule(steps: 20, final: 0.01), .epoch)
    case .warmUp: (CosineSchedule(steps: 20 * batchCount, final: 0.01, warmupSteps: 5 * batchCount), .batch)
    }
  }

  /// The rates at the beginning of the first epochs.
  func rates(_ count: Int, base: Double) -> [Double] {
    let first = firstRate(base)
    return (0..<count).map { schedule(batchCount: 1)?.function.rate(at: $0, base: first) ?? first }
  }
}

/// Section 11.11: learning rates that fall as training goes on.
///
/// Every schedule is set before the epoch (or batch) it is for, and every run has one of its own. The book's PyTorch code sets its own schedules an epoch
/// late, and trains with a multi-step schedule that its plot has used up.
struct LearningRateSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "11.11", title: "Learning Rate Scheduling", package: "core", command: "learning-rate-scheduling",
    data: "Fashion-MNIST")
  static let epochs = 30
  static let batchSize = 256
  static let learningRate = 0.3
  static let quick = TrainingSettings(epochs: 8, batchSize: 32, learningRate: 0.12)

  @OptionGroup var options: TrainingOptions<LearningRateSection>

  @Option(help: "A schedule to train with; give the option again for more. (default: all five)")
  var schedule: [ScheduleChoice] = []

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    let images = try ImageSplit.fashion(options)

    run.part("Schedules")
    let rates = ScheduleChoice.allCases.map { ($0.rawValue, $0.rates(30, base: options.learningRate)) }
    try run.plot(
      "schedules",
      LineChart(
        x: Axis("epoch"), y: Axis("learning rate"), of: rates.map { name, rates in Series(name, x: 0..<30, y: rates) }))
    for (name, rates) in rates { run.record("\(name): rates", rates) }
    // A factor of 0.9 from 2.0 on, not below 0.01; as in the book the first rate is a step down already.
    let factor = (1...50).map { FactorSchedule(factor: 0.9, minimum: 0.01).rate(at: $0, base: 2) }
    try run.plot(
      "factor",
      LineChart(x: Axis("epoch"), y: Axis("learning rate"), of: [Series("factor 0.9", x: 0..<50, y: factor)]))
    run.record("factor: rates", factor)

    run.part("Training")
    run.show("data", images.details)
    var trainings: [(name: String, history: [EpochReport])] = []
    for choice in schedule.isEmpty ? ScheduleChoice.allCases : schedule {
      run.say(choice.rawValue)
      trainings.append((choice.rawValue, try train(choice, images, run)))
    }

    run.part("Results")
    run.showResults("schedule", trainings)
    var losses = LineChart(x: Axis("epoch", ticks: .integers), y: Axis("train loss"))
    var accuracies = LineChart(x: Axis("epoch", ticks: .integers), y: Axis("test accuracy"))
    for (name, history) in trainings {
      let epochs = history.map(\.epoch)
      losses.add(Series(name, x: epochs, y: history.map { $0.training["loss"] ?? .nan }))
      accuracies.add(Series(name, x: epochs, y: history.map { $0.validation?["accuracy"] ?? .nan }))
    }
    try run.plot("curves", PanelGrid(panels: [losses, accuracies]), width: 900)
    try run.finish()
  }

  /// Trains the network from the same weights as the others, in the same order of images.
  private func train(_ choice: ScheduleChoice, _ images: ImageSplit, _ run: ExampleRun) throws -> [EpochReport] {
    let net = RandomSource(seed: options.seed).scope { Self.network() }
    let optimizer = SGD(net.parameters, learningRate: choice.firstRate(options.learningRate))
    let trainer = Trainer(
      classifier: net, optimizer, on: images, batchSize: options.batchSize, seed: options.seed)
    if let (schedule, unit) = choice.schedule(batchCount: trainer.batchCount) {
      trainer.scheduler = ScheduledRate(schedule, of: optimizer, per: unit)
    }
    return try run.fit(trainer, epochs: options.epochs)
  }

  /// LeNet with ReLU and max pooling, its weights as PyTorch begins them.
  private static func network() -> Sequential {
    Sequential {
      Conv2d(1, 6, kernel: 5, padding: 2)
      ReLU()
      MaxPool2d(2)  // [batch, 6, 14, 14]
      Conv2d(6, 16, kernel: 5)
      ReLU()
      MaxPool2d(2)  // [batch, 16, 5, 5]
      Flatten()
      Linear(16 * 5 * 5, 120)
      ReLU()
      Linear(120, 84)
      ReLU()
      Linear(84, 10)
    }
  }
}
