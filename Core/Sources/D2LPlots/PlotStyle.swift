/// The style sheet of every picture.
///
/// Each rule is bound to `.d2l-plot` and every picture brings the same sheet, so several can stand in one page. A page
/// restyles them all by setting the custom properties on its own, more specific selector.
enum PlotStyle {
  static let fonts =
    "system-ui,-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,\"Noto Sans\",\"Liberation Sans\",sans-serif"

  static let sheet: String = {
    let rules =
      Palette.light.indices.map { ".d2l-plot .d2l-s\($0){color:var(--d2l-s\($0))}\n" }
      + ["ink", "muted", "grid", "axis"].map { ".d2l-plot .d2l-\($0){color:var(--d2l-\($0))}\n" }
    return """
      .d2l-plot{\(variables(light))font-family:\(fonts);font-size:11px}
      @media (prefers-color-scheme:dark){.d2l-plot{\(variables(dark))}}
      \(rules.joined()).d2l-plot text{font-variant-numeric:tabular-nums}
      .d2l-plot .d2l-paper{fill:var(--d2l-paper)}
      .d2l-plot [data-outlined]{paint-order:stroke;stroke:var(--d2l-paper);stroke-width:3px;stroke-linejoin:round}
      .d2l-plot .d2l-missing{fill:var(--d2l-grid)}
      """
  }()

  private static let light =
    [
      ("ink", "#1f2328"), ("muted", "#5f6773"), ("grid", "#e6e8ec"), ("axis", "#9aa1ab"), ("paper", "#ffffff"),
    ] + zip(Palette.light.indices, Palette.light).map { ("s\($0)", $1) }

  private static let dark =
    [
      ("ink", "#e6e8eb"), ("muted", "#a3abb6"), ("grid", "#2f343c"), ("axis", "#6b7480"), ("paper", "#16191d"),
    ] + zip(Palette.dark.indices, Palette.dark).map { ("s\($0)", $1) }

  private static func variables(_ pairs: [(String, String)]) -> String {
    pairs.map { "--d2l-\($0.0):\($0.1);" }.joined()
  }
}
