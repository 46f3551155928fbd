import ArgumentParser
import Files
import Kernel
import Metering
import Rating

/// The kinds of traces that can be replayed; docs/replay.md says what becomes of each column.
enum TraceFormat: String, ExpressibleByArgument, CaseIterable {
    case philly
    case helios
    case usage

    /// Whether times count from a beginning that the trace does not tell.
    var isRelative: Bool { self == .philly }

    /// Whether rows say only how many GPUs there were.
    var lacksFlavor: Bool { self != .usage }

    /// A reader of one file.
    func reader(
        header: [UInt8], path: String, offer: TraceOffer, start: Second
    ) throws(Faults) -> any TraceReader {
        let tenant = TraceTenant.name(ofFile: path)
        return switch self {
        case .philly: try PhillyTrace(header: header, tenant: tenant, offer: offer, start: start)
        case .helios: try HeliosTrace(header: header, tenant: tenant, offer: offer)
        case .usage: try UsageTrace(header: header)
        }
    }
}
