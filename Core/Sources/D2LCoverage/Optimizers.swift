extension Coverage {
  /// An optimizer by runs of 20 steps against PyTorch 2.13 (Yogi: against the book's formula).
  private static func optimizer(_ name: String, _ runs: String...) -> Coverage {
    Coverage(
      kind: .optimizer, name: name, gradient: .none("follows gradients, has none"),
      values: .goldens(runs.map { "optim/\($0)" }))
  }

  /// A schedule by 30 rates against PyTorch 2.13 or the book's formula.
  private static func schedule(_ name: String, _ runs: String...) -> Coverage {
    Coverage(
      kind: .schedule, name: name, gradient: .none("numbers, no arrays"),
      values: .goldens(runs.map { "optim/schedule_\($0)" }))
  }

  private static func optimization(_ name: String, _ check: Check) -> Coverage {
    Coverage(kind: .optimization, name: name, gradient: .none("follows gradients, has none"), values: check)
  }

  static let optimizers: [Coverage] = [
    optimizer("SGD", "sgd", "sgd_decay", "sgd_momentum", "sgd_momentum_decay_dampening", "sgd_nesterov_decay"),
    optimizer("AdaGrad", "adagrad", "adagrad_decay"),
    optimizer(
      "RMSProp", "rmsprop", "rmsprop_decay", "rmsprop_momentum_decay", "rmsprop_centered",
      "rmsprop_centered_momentum_decay"),
    optimizer("Adadelta", "adadelta", "adadelta_decay"),
    optimizer("Adam", "adam", "adam_decay", "adam_amsgrad", "adam_amsgrad_decay"),
    optimizer("AdamW", "adamw", "adamw_decay", "adamw_amsgrad", "adamw_no_decay"),
    optimizer("Yogi", "yogi", "yogi_decay"),
    optimizer("Adamax", "adamax", "adamax_decay"),
    optimizer("ASGD", "asgd", "asgd_decay"),
  ]

  static let schedules: [Coverage] = [
    schedule("FactorSchedule", "factor"),
    schedule("ExponentialSchedule", "exponential"),
    schedule("SquareRootSchedule", "square_root"),
    schedule("StepSchedule", "step"),
    schedule("MultiStepSchedule", "multi_step"),
    schedule("CosineSchedule", "cosine", "cosine_warmup"),
    schedule("OneCycleSchedule", "one_cycle", "one_cycle_linear", "one_cycle_three"),
    schedule("ReduceOnPlateau", "plateau", "plateau_up"),
  ]

  static let optimization: [Coverage] = [
    optimization("Optimizer", .test("OptimizerTests.savedStateGoesOnToTheBit")),
    optimization("Update", .test("OptimizerTests.copiesNothing")),
    optimization("ParameterGroup", .test("OptimizerTests.groupsKeepTheirOwnRates")),
    optimization("OptimizerStateError", .test("OptimizerTests.foreignStateIsRefusedAndChangesNothing")),
    optimization("LearningRateSchedule", .test("ScheduleTests.theBooksRates")),
    optimization("LearningRateScheduler", .test("ScheduleTests.savedStateGoesOn")),
    optimization("ScheduledRate", .test("ScheduleTests.everyGroupFollowsFromItsOwnRate")),
    optimization("ScheduleUnit", .test("ScheduleTests.everyGroupFollowsFromItsOwnRate")),
    optimization("SchedulerState", .test("ScheduleTests.savedStateGoesOn")),
    optimization("Curve", .test("ScheduleTests.thirtyRatesAgreeWithPyTorch")),
    optimization("Direction", .test("ScheduleTests.thirtyRatesAgreeWithPyTorch")),
    optimization("Threshold", .test("ScheduleTests.thirtyRatesAgreeWithPyTorch")),
    optimization("clipGradients", .goldens(["optim/clip_norm_far", "optim/clip_norm_near", "optim/clip_value"])),
    optimization("gradientNorm", .test("OptimizerTests.normsAreSummedInDoubleAndWithoutRegardToThreads")),
  ]
}
