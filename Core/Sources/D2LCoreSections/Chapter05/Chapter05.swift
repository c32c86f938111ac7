import D2LCommands

/// The sections of chapter 5, deep learning computation, in the book's order.
enum Chapter05 {
  static let sections: [any Section.Type] = [
    LayersAndBlocksSection.self, ParameterManagementSection.self, DeferredInitializationSection.self,
    CustomLayersSection.self, FileIOSection.self, DevicesSection.self,
  ]
}
