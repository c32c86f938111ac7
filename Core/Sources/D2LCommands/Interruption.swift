import Foundation
import Synchronization

/// Ctrl-C, noticed between two steps: the run saves a checkpoint and ends instead of being torn off.
public enum Interruption {
  private static let requests = Atomic<Int>(0)

  /// Whether Ctrl-C has been pressed since ``watch()``.
  public static var isRequested: Bool { requests.load(ordering: .relaxed) > 0 }

  /// From now on Ctrl-C (and a request to terminate) is noted; a second one ends the process at once.
  public static func watch() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        if Interruption.note() > 1 { _exit(128 + number) }
      }
    }
  }

  private static func note() -> Int { requests.wrappingAdd(1, ordering: .relaxed).newValue }
}

/// Work that was stopped by Ctrl-C, after saving where it stood if it can go on from there.
public struct InterruptedRun: Error, CustomStringConvertible {
  /// How to go on.
  public let description: String

  /// A run that stopped; `description` says how to go on.
  public init(description: String) { self.description = description }
}
