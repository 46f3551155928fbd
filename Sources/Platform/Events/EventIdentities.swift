import Identity
import Kernel
import Metering
import Wire

/// Makes identities of events: SHA-256 of sender, source and id, and of all bytes.
struct EventIdentities {
    private let prefix: [UInt8]
    private let digests: any Digests

    init(sender: AccountID, digests: any Digests) {
        prefix = Array(sender.text.utf8) + [0]
        self.digests = digests
    }

    func of(_ members: [PlacedEvent], in bytes: UnsafeRawBufferPointer) throws(Fault) -> [EventIdentity] {
        let scanner = JSONScanner(bytes)
        var key = prefix
        var identities: [EventIdentity] = []
        identities.reserveCapacity(members.count)
        for member in members {
            let event = member.event
            key.removeSubrange(prefix.count...)
            try append(event.source, scanner, to: &key)
            key.append(0)
            try append(event.id, scanner, to: &key)
            let content = digests.fingerprint(UnsafeRawBufferPointer(rebasing: bytes[event.range]))
            identities.append(
                EventIdentity(
                    key: key.withUnsafeBytes { digests.fingerprint($0) }, content: UInt64(truncatingIfNeeded: content)))
        }
        return identities
    }

    private func append(_ span: JSONSpan, _ scanner: JSONScanner, to key: inout [UInt8]) throws(Fault) {
        if span.hasEscapes { return key += try scanner.text(span).utf8 }
        key.append(contentsOf: scanner.bytes[span.range])
    }
}
