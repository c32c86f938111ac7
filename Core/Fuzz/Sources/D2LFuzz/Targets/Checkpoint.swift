import D2LFiles
import D2LLayers
import D2LOptim
import D2LTensor
import D2LTraining

extension FuzzTarget {
  static let checkpoint = FuzzTarget(
    name: "checkpoint", summary: "Checkpoint: progress and settings as JSON, and its return into a model and optimizer",
    words: [
      "d2l.progress", "d2l.settings", "completedEpochs", "completedBatches", "gatheredBatches", "history", "schedule",
      "generator", "tally", "model.weight", "optimizer.", "gradient.0", "-1", "1e400", "null", "9223372036854775807",
    ],
    seeds: {
      let (model, optimizer) = run()
      let path = ScratchFolder.path + "/seed.safetensors"
      let progress = TrainingProgress(generator: RandomGenerator(seed: 3))
      try Checkpoint.save(model, optimizer, progress, settings: ["batch": "8"], to: path)
      return [try MappedFile(path).allBytes()]
    },
    run: { input in
      let checkpoint = try Checkpoint(path: input.file("checkpoint.safetensors"))
      Harness.tolerating { () throws(FileError) in try checkpoint.requireSettings(["batch": "8"]) }
      let (model, optimizer) = run()
      try checkpoint.restore(model, optimizer)
    })

  private static func run() -> (Linear, Optimizer) {
    let model = Linear(3, 2)
    return (model, Adam(model.parameters, learningRate: 0.1))
  }
}
