import D2LCore
import Foundation

extension [EpochReport] {
  /// exp of the losses over the epochs, on a logarithmic axis, with the perplexity to beat.
  func perplexityChart(title: String = "", baseline: Double? = nil) -> LineChart {
    var chart = LineChart(title: title, x: Axis("epoch"), y: Axis("perplexity", scale: .logarithmic))
    let epochs = map { Double($0.epoch) }
    chart.add(Series("training", x: epochs, y: map { $0.training.perplexity() ?? .nan }))
    if contains(where: { $0.validation != nil }) {
      chart.add(Series("validation", x: epochs, y: map { $0.validation?.perplexity() ?? .nan }, dash: .dashed))
    }
    if let baseline { chart.add(ReferenceLine.horizontal(at: baseline, label: "frequencies alone")) }
    return chart
  }
}
