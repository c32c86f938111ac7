import D2LCore

extension RunFolder {
  /// Ends a profile: prints its table, writes the spans to trace.json, and returns the report's section.
  func keep(_ profiler: Profiler) throws -> Report.Section {
    profiler.stop()
    try write(profiler.chromeTrace, to: "trace.json")
    let rest =
      profiler.droppedEvents == 0
      ? ""
      : "; the first \(grouped(profiler.eventLimit)) spans, \(grouped(profiler.droppedEvents)) more are in the totals only"
    let caption =
      "Milliseconds by operation. trace.json shows the same over time, in chrome://tracing or Perfetto\(rest)."
    print(
      "\nWhere the time went:\n\(profiler.table)\n\(file("trace.json")) shows it over time, in chrome://tracing or Perfetto\(rest)."
    )
    return Report.Section("Profile", [.table(profiler.table, caption: caption)])
  }
}
