import ArgumentParser
import D2LCommands

// What a section says when an option that all have means nothing to it.
extension TrainingOptions {
  /// Throws for `--data real`: for sections whose data are made by formula in the book, too.
  package func refuseRealData() throws {
    guard data != .real else {
      throw ValidationError("--data real: there is no real data for this section, the book generates its own.")
    }
  }

  /// Throws for `--resume`: for sections that write their loop out.
  package func refuseResuming() throws {
    guard resume == nil else {
      throw ValidationError("--resume: the loop that this section writes out keeps no checkpoints.")
    }
  }
}
