import D2LCore

/// The workloads whose models are Core's own: linear models, the multilayer perceptron, single operations.
public enum CoreWorkloads {
  /// All of them, in the contract's order.
  public static let all: [Workload] = [linearRegression, softmaxRegression, perceptron] + convolutions + products

  /// One step is an epoch: 100 updates on consecutive blocks of 10 rows.
  static let linearRegression = Workload("linreg", batch: 10, items: 1000) { mode in
    let x = Tensor<Float>(randomNormal: [1000, 2])
    let noise = Tensor<Float>(randomNormal: [1000, 1], standardDeviation: 0.01)
    let y = x.matmul(Tensor([[2], [-3.4]])) + 4.2 + noise
    let batches = Array(zip(x.split(size: 10), y.split(size: 10)))
    let net = Linear(2, 1)
    net.initializeWeights(.normal(standardDeviation: 0.01), biases: .zeros)
    if mode == .infer {
      return Job {
        withoutGradient {
          var last: Float = 0
          for (x, _) in batches { last = net(x).values[0] }
          return last
        }
      }
    }
    let optimizer = SGD(net.parameters, learningRate: 0.03)
    return Job {
      var last: Float = 0
      for (x, y) in batches {
        optimizer.zeroGradients()
        let loss = meanSquaredError(net(x), y)
        loss.backward()
        optimizer.step()
        last = loss.item()
      }
      return last
    }
  }

  static let softmaxRegression = Workload("softmax_regression", batch: 256) { mode in
    let net = Sequential {
      Flatten()
      Linear(784, 10)
    }
    net.initializeWeights(.normal(standardDeviation: 0.01))
    return Workload.classifier(mode, net, shape: [256, 1, 28, 28], learningRate: 0.1)
  }

  static let perceptron = Workload("mlp", batch: 256) { mode in
    let net = Sequential {
      Flatten()
      Linear(784, 256)
      ReLU()
      Linear(256, 10)
    }
    net.initializeWeights(.normal(standardDeviation: 0.01))
    return Workload.classifier(mode, net, shape: [256, 1, 28, 28], learningRate: 0.1)
  }

  /// batch, in, out, image, kernel, stride, padding.
  private static let convolutionTable: [(Int, Int, Int, Int, Int, Int, Int)] = [
    (32, 64, 64, 56, 3, 1, 1), (32, 128, 128, 28, 3, 1, 1), (32, 256, 256, 14, 3, 1, 1), (32, 512, 512, 7, 3, 1, 1),
    (256, 1, 6, 28, 5, 1, 2), (32, 3, 64, 224, 7, 2, 3), (32, 64, 256, 56, 1, 1, 0),
  ]

  /// `infer` is one forward pass with bias; `train` is that and the gradients of input, weight and bias.
  static let convolutions: [Workload] = convolutionTable.map { batch, inputs, outputs, size, kernel, stride, padding in
    let name = "conv2d_\(inputs)x\(outputs)x\(size)_\(kernel)x\(kernel)" + (stride == 1 ? "" : "s\(stride)")
    let out = (size + 2 * padding - kernel) / stride + 1
    let work = 2e-9 * Double(batch * inputs * outputs) * Double(out * out * kernel * kernel)
    return Workload(name, batch: batch, items: work, unit: "GFLOP/s") { mode in
      let x = Tensor<Float>(randomNormal: [batch, inputs, size, size]).requiringGradient()
      let layer = Conv2d(inputs, outputs, kernel: kernel, stride: stride, padding: padding)
      if mode == .infer { return Job { withoutGradient { layer(x)[0, 0, 0, 0].item() } } }
      let upstream = Tensor<Float>(randomNormal: [batch, outputs, out, out])
      return Job {
        x.zeroGradient()
        layer.zeroGradients()
        layer(x).backward(gradient: upstream)
        return x.gradient?[0, 0, 0, 0].item() ?? .nan
      }
    }
  }

  static let products: [Workload] = [(1024, 1024, 1024), (2048, 2048, 2048), (256, 256, 1120), (128, 768, 768)].map {
    m, n, k in
    Workload(
      "sgemm_\(m)x\(n)x\(k)", batch: 1, items: 2e-9 * Double(m) * Double(n) * Double(k), unit: "GFLOP/s",
      modes: [.infer]
    ) { _ in
      let a = Tensor<Float>(randomNormal: [m, k])
      let b = Tensor<Float>(randomNormal: [k, n])
      return Job { a.matmul(b)[0, 0].item() }
    }
  }
}
