import Foundation

/// What of the surroundings decides where data sets lie: environment variables and the home folder.
public struct DataEnvironment: Hashable, Sendable {
  /// Environment variables. `D2L_DATA`, `D2L_CACHE` and `XDG_CACHE_HOME` matter; empty ones count as unset.
  public var variables: [String: String]
  /// The user's home folder.
  public var home: String

  /// Surroundings made up for a test, say.
  public init(variables: [String: String], home: String) {
    self.variables = variables
    self.home = home
  }

  /// Those of this process.
  public static var process: DataEnvironment {
    let variables = ProcessInfo.processInfo.environment
    let home = variables["HOME"].flatMap { $0.isEmpty ? nil : $0 }
    return DataEnvironment(variables: variables, home: home ?? NSHomeDirectory())
  }

  private func value(_ name: String) -> String? {
    guard let value = variables[name], !value.isEmpty else { return nil }
    return value
  }

  /// The folder of data sets that the user keeps: `$D2L_DATA`, nil if that is unset.
  public var dataFolder: String? { value("D2L_DATA") }

  /// The folder of fetched data sets: `$D2L_CACHE`, else `$XDG_CACHE_HOME/d2l`, else `~/.cache/d2l`.
  public var cacheFolder: String {
    if let cache = value("D2L_CACHE") { return cache }
    // The XDG specification tells to ignore a relative path.
    if let cache = value("XDG_CACHE_HOME"), cache.hasPrefix("/") { return cache + "/d2l" }
    return home + "/.cache/d2l"
  }
}
