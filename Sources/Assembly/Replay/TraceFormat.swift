import ArgumentParser

/// The kinds of traces that can be replayed; docs/replay.md says what becomes of each column.
enum TraceFormat: String, ExpressibleByArgument, CaseIterable {
    case philly
    case helios
    case azureLLM = "azure-llm"
    case usage

    /// Whether times count from a beginning that the trace does not tell.
    var isRelative: Bool { self == .philly }

    /// The book that is taken where none is given.
    var ownBook: ReplayBook { self == .azureLLM ? .requests : .standard }
}
