/// How each public declaration of D2LOptim is checked. `CoverageTests` fails where one is missing here or names a check that there is not.
enum Check: Sendable {
  /// 20 steps against PyTorch 2.13 (Yogi: against the book's formula), the golden's names.
  case steps([String])
  /// 30 rates against PyTorch 2.13 or the book's formula, the golden's names without `schedule_`.
  case rates([String])
  /// Against PyTorch 2.13 in a test of its own, the golden's names.
  case golden([String])
  /// A part of what the others check: the test that shows it.
  case test(String)
}

enum OptimizerCoverage {
  static let optimizers: [String: Check] = [
    "SGD": .steps([
      "sgd", "sgd_decay", "sgd_momentum", "sgd_momentum_decay_dampening", "sgd_nesterov_decay",
    ]),
    "AdaGrad": .steps(["adagrad", "adagrad_decay"]),
    "RMSProp": .steps([
      "rmsprop", "rmsprop_decay", "rmsprop_momentum_decay", "rmsprop_centered", "rmsprop_centered_momentum_decay",
    ]),
    "Adadelta": .steps(["adadelta", "adadelta_decay"]),
    "Adam": .steps(["adam", "adam_decay", "adam_amsgrad", "adam_amsgrad_decay"]),
    "AdamW": .steps(["adamw", "adamw_decay", "adamw_amsgrad", "adamw_no_decay"]),
    "Yogi": .steps(["yogi", "yogi_decay"]),
    "Adamax": .steps(["adamax", "adamax_decay"]),
    "ASGD": .steps(["asgd", "asgd_decay"]),
  ]

  static let schedules: [String: Check] = [
    "FactorSchedule": .rates(["factor"]),
    "ExponentialSchedule": .rates(["exponential"]),
    "SquareRootSchedule": .rates(["square_root"]),
    "StepSchedule": .rates(["step"]),
    "MultiStepSchedule": .rates(["multi_step"]),
    "CosineSchedule": .rates(["cosine", "cosine_warmup"]),
    "OneCycleSchedule": .rates(["one_cycle", "one_cycle_linear", "one_cycle_three"]),
    "ReduceOnPlateau": .rates(["plateau", "plateau_up"]),
  ]

  static let others: [String: Check] = [
    "Optimizer": .test("savedStateGoesOnToTheBit"),
    "Update": .test("copiesNothing"),
    "ParameterGroup": .test("groupsKeepTheirOwnRates"),
    "OptimizerStateError": .test("foreignStateIsRefusedAndChangesNothing"),
    "LearningRateSchedule": .test("theBooksRates"),
    "LearningRateScheduler": .test("savedStateGoesOn"),
    "ScheduledRate": .test("everyGroupFollowsFromItsOwnRate"),
    "ScheduleUnit": .test("everyGroupFollowsFromItsOwnRate"),
    "SchedulerState": .test("savedStateGoesOn"),
    "Curve": .test("thirtyRatesAgreeWithPyTorch"),
    "Direction": .test("thirtyRatesAgreeWithPyTorch"),
    "Threshold": .test("thirtyRatesAgreeWithPyTorch"),
    "clipGradients": .golden(["clip_norm_far", "clip_norm_near", "clip_value"]),
    "gradientNorm": .test("normsAreSummedInDoubleAndWithoutRegardToThreads"),
  ]

  static var all: [String: Check] {
    optimizers.merging(schedules) { first, _ in first }.merging(others) { first, _ in first }
  }
}
