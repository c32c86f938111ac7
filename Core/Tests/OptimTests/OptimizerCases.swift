import D2LLayers
import D2LOptim
import D2LTensor
import Testing

/// An optimizer with the options of a golden of the same name (Tools/Parity/optim.py).
struct OptimizerCase: Sendable, CustomTestStringConvertible {
  let name: String
  let rate, decay: Double
  let make: @Sendable ([ParameterGroup]) -> Optimizer

  var testDescription: String { name }

  init(_ name: String, rate: Double, decay: Double = 0, _ make: @escaping @Sendable ([ParameterGroup]) -> Optimizer) {
    self.name = name
    self.rate = rate
    self.decay = decay
    self.make = make
  }

  /// The optimizer on two parameters in groups of their own; the second has half the rate and twice the decay.
  func optimizer(_ parameters: [Parameter]) -> Optimizer {
    make([
      ParameterGroup([parameters[0]], learningRate: rate, weightDecay: decay),
      ParameterGroup([parameters[1]], learningRate: rate / 2, weightDecay: decay * 2),
    ])
  }

  static let all: [OptimizerCase] = [
    OptimizerCase("sgd", rate: 0.1) { SGD(groups: $0) },
    OptimizerCase("sgd_decay", rate: 0.1, decay: 0.2) { SGD(groups: $0) },
    OptimizerCase("sgd_momentum", rate: 0.05) { SGD(groups: $0, momentum: 0.9) },
    OptimizerCase("sgd_momentum_decay_dampening", rate: 0.05, decay: 0.1) {
      SGD(groups: $0, momentum: 0.8, dampening: 0.3)
    },
    OptimizerCase("sgd_nesterov_decay", rate: 0.05, decay: 0.1) { SGD(groups: $0, momentum: 0.9, nesterov: true) },
    OptimizerCase("adagrad", rate: 0.1) { AdaGrad(groups: $0) },
    OptimizerCase("adagrad_decay", rate: 0.1, decay: 0.1) {
      AdaGrad(groups: $0, rateDecay: 0.05, initialAccumulator: 0.2, epsilon: 1e-6)
    },
    OptimizerCase("rmsprop", rate: 0.02) { RMSProp(groups: $0) },
    OptimizerCase("rmsprop_decay", rate: 0.02, decay: 0.1) { RMSProp(groups: $0, decay: 0.9, epsilon: 1e-6) },
    OptimizerCase("rmsprop_momentum_decay", rate: 0.02, decay: 0.1) { RMSProp(groups: $0, decay: 0.9, momentum: 0.7) },
    OptimizerCase("rmsprop_centered", rate: 0.02) { RMSProp(groups: $0, decay: 0.9, epsilon: 1e-3, centered: true) },
    OptimizerCase("rmsprop_centered_momentum_decay", rate: 0.02, decay: 0.1) {
      RMSProp(groups: $0, decay: 0.9, epsilon: 1e-3, momentum: 0.5, centered: true)
    },
    OptimizerCase("adadelta", rate: 1) { Adadelta(groups: $0) },
    OptimizerCase("adadelta_decay", rate: 0.5, decay: 0.1) { Adadelta(groups: $0, decay: 0.95, epsilon: 1e-5) },
    OptimizerCase("adam", rate: 1e-3) { Adam(groups: $0) },
    OptimizerCase("adam_decay", rate: 0.05, decay: 0.1) { Adam(groups: $0, betas: (0.8, 0.99), epsilon: 1e-6) },
    OptimizerCase("adam_amsgrad", rate: 0.05) { Adam(groups: $0, betas: (0.8, 0.9), amsgrad: true) },
    OptimizerCase("adam_amsgrad_decay", rate: 0.05, decay: 0.1) { Adam(groups: $0, betas: (0.8, 0.9), amsgrad: true) },
    OptimizerCase("adamw", rate: 1e-3, decay: 1e-2) { AdamW(groups: $0) },
    OptimizerCase("adamw_decay", rate: 0.05, decay: 0.3) { AdamW(groups: $0) },
    OptimizerCase("adamw_amsgrad", rate: 0.05, decay: 0.2) { AdamW(groups: $0, betas: (0.8, 0.9), amsgrad: true) },
    OptimizerCase("adamw_no_decay", rate: 0.05) { AdamW(groups: $0) },
    OptimizerCase("yogi", rate: 1e-2) { Yogi(groups: $0) },
    OptimizerCase("yogi_decay", rate: 0.05, decay: 0.1) { Yogi(groups: $0, betas: (0.8, 0.9)) },
    OptimizerCase("adamax", rate: 2e-3) { Adamax(groups: $0) },
    OptimizerCase("adamax_decay", rate: 0.05, decay: 0.1) { Adamax(groups: $0, betas: (0.8, 0.9)) },
    OptimizerCase("asgd", rate: 1e-2) { ASGD(groups: $0) },
    OptimizerCase("asgd_decay", rate: 0.1, decay: 0.1) {
      ASGD(groups: $0, decayTerm: 0.01, power: 0.6, averagingStart: 5)
    },
  ]

  /// With the initialisers that take parameters, whose default values are part of the promise: PyTorch's.
  static let defaults: [(name: String, make: @Sendable ([Parameter]) -> Optimizer)] = [
    ("adagrad", { AdaGrad($0, learningRate: 0.1) }), ("rmsprop", { RMSProp($0, learningRate: 0.02) }),
    ("adadelta", { Adadelta($0) }), ("adam", { Adam($0) }), ("adamw", { AdamW($0) }), ("yogi", { Yogi($0) }),
    ("adamax", { Adamax($0) }), ("asgd", { ASGD($0) }), ("sgd", { SGD($0, learningRate: 0.1) }),
  ]
}
