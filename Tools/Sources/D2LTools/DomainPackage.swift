import ArgumentParser
import D2LBench
import D2LCommands
import D2LCore
import D2LCoreSections
import D2LSequenceBench
import D2LSequenceSections
import D2LVision
import D2LVisionBench
import D2LVisionSections

/// What a package brings to `d2l`. A new package is a new row of ``all``.
public struct DomainPackage: Sendable {
  /// The command that holds its sections: `d2l vision`.
  public let command: any ParsableCommand.Type
  /// Its sections, in the book's order.
  public let sections: [SectionInfo]
  /// Its benchmarks, in the contract's order.
  public let workloads: [Workload]
  /// Its models, which `d2l run` makes by name.
  public let models: [ZooModel]

  /// The packages whose sections run, in the book's order.
  public static let all: [DomainPackage] = [
    DomainPackage(
      command: CoreCommand.self, sections: CoreCommand.sections.map { $0.info }, workloads: CoreWorkloads.all,
      models: []),
    DomainPackage(
      command: VisionCommand.self, sections: VisionCommand.sections.map { $0.info }, workloads: VisionWorkloads.all,
      models: VisionZoo.models),
    DomainPackage(
      command: SequenceCommand.self, sections: SequenceCommand.sections.map { $0.info },
      workloads: SequenceWorkloads.all, models: []),
  ]

  /// The sections of all packages.
  public static var sections: [SectionInfo] { all.flatMap(\.sections) }

  /// The benchmarks of all packages.
  public static var workloads: [Workload] { all.flatMap(\.workloads) }

  /// The models of all packages.
  public static var models: [ZooModel] { all.flatMap(\.models) }
}
