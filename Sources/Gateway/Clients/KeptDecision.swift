import NIOCore
import Platform
import Wire

/// A decision that a connection goes on with while its requests ask for the same with the same credentials.
struct KeptDecision {
    let door: Int
    let key: [UInt8]
    let forward: Forward
    let credential: RouteCredential?
    let until: NIODeadline

    /// What must be the same: the subject and every header that says who asks; nil where the address says it.
    static func key(of head: RequestHead, door: ReverseProxy.Door) -> [UInt8]? {
        let bytes = head.fields.bytes
        guard UpstreamHead.query(of: head).count == head.targetRange.upperBound - head.pathRange.upperBound else {
            return nil
        }
        var key: [UInt8] = []
        key.reserveCapacity(512)
        let behind = head.targetRange.lowerBound + door.prefix.count
        for byte in bytes[behind..<head.targetRange.upperBound] {
            if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") { break }
            key.append(byte)
        }
        for field in head.fields.list {
            switch field.kind {
            case .cookie, .authorization, .authToken, .appCode:
                key.append(0)
                key.append(field.kind.rawValue)
                key.append(contentsOf: bytes[field.value])
            default: break
            }
        }
        return key
    }
}
