public import Logging
public import NIOCore
import NIOHTTP1
public import Platform
import Synchronization
import Wire

/// The gateway: serves some paths of the server's port by passing them on to processes of the users.
///
/// It stands in front of everything that reads HTTP on a connection and works on bytes. What is not behind one of its
/// doors goes on untouched.
public final class ReverseProxy: Sendable {
    let doors: [Door]
    private let prefixes: [[UInt8]]
    let limits: ProxyLimits
    let counts: ProxyCounts
    let logger: Logger
    let heldBytes: HeldBytes
    private let loops = Mutex<[ObjectIdentifier: NIOLoopBound<ProxyLoop>]>([:])

    /// A door with what is asked of it for each request.
    struct Door: Sendable {
        let index: Int
        let route: RouteDoor
        let prefix: [UInt8]
        let hiddenCookies: [[UInt8]]
    }

    /// - Parameter doors: no prefix may be the beginning of another one.
    public init(doors: [RouteDoor], limits: ProxyLimits = ProxyLimits(), logger: Logger) {
        self.doors = doors.enumerated().map { index, door in
            Door(
                index: index, route: door, prefix: Array(door.prefix.utf8),
                hiddenCookies: ([door.cookie] + door.hiddenCookies).map { Array($0.utf8) })
        }
        prefixes = self.doors.map(\.prefix)
        self.limits = limits
        self.logger = logger
        heldBytes = HeldBytes(limit: limits.heldBytes)
        counts = ProxyCounts(doors: doors.map(\.prefix))
    }

    /// What a connection's pipeline is given behind its HTTP handlers; it puts the gateway in front of them.
    public func entrance() -> any RemovableChannelHandler { GatewayEntrance(self) }

    /// The door that a request's path leads to.
    func door(of head: RequestHead) -> Door? {
        doors.first { head.fields.bytes[head.targetRange].starts(with: $0.prefix) }
    }

    /// Whether what begins here is surely not the gateway's: a path behind none of its doors.
    func isElsewhere(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var start = 0
        while start < min(bytes.count, 33), bytes[start] != UInt8(ascii: " ") { start += 1 }
        start += 1
        guard start < bytes.count, bytes[start] == UInt8(ascii: "/") else { return false }
        for prefix in prefixes {
            var index = 0
            while index < prefix.count, start + index < bytes.count, bytes[start + index] == prefix[index] {
                index += 1
            }
            // A prefix that has not come whole may still become a door's.
            if index == prefix.count || start + index == bytes.count { return false }
        }
        return true
    }

    /// The door that something leads to which could not be read as a request.
    func door(ofUnread bytes: ByteBuffer) -> Door? {
        let view = bytes.readableBytesView.prefix(limits.head.bytes)
        guard let space = view.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        return doors.first { view[(space + 1)...].starts(with: $0.prefix) }
    }

    /// What a thread keeps for the gateway; asked on that thread.
    func loop(_ eventLoop: any EventLoop) -> ProxyLoop {
        loops.withLock { loops in
            if let known = loops[ObjectIdentifier(eventLoop)] { return known.value }
            let made = ProxyLoop(eventLoop, limits: limits)
            loops[ObjectIdentifier(eventLoop)] = NIOLoopBound(made, eventLoop: eventLoop)
            return made
        }
    }
}
