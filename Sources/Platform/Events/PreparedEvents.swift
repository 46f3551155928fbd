import Identity
import Kernel
import Metering
import Pricing
import Wire

/// Events of one payer, read and counted before the transaction that takes them.
struct PreparedEvents: Sendable {
    let batch: EventBatch
    /// What they come to, or everything that is wrong with them; what is known already is never wrong.
    let tally: Result<EventTally, Faults>

    private let members: [PlacedEvent]
    private let payer: KnownPayer
    private let isBatch: Bool
    /// The whole body that the spans of the events are about.
    private let source: [UInt8]

    var ids: [EventIdentity] { batch.ids }

    /// An event that stands twice in one body counts once.
    init(
        _ members: [PlacedEvent], of body: [UInt8], isBatch: Bool, payer: KnownPayer, sender: AccountID,
        received: Instant, digests: any Digests
    ) throws {
        let identities = EventIdentities(sender: sender, digests: digests)
        let ids = try body.withUnsafeBytes { bytes in try identities.of(members, in: bytes) }
        let kept = try Self.firsts(members, ids, body, isBatch: isBatch)
        try self.init(
            kept.map { members[$0] }, ids: kept.map { ids[$0] }, of: body, isBatch: isBatch, payer: payer,
            sender: sender, received: received, isWhole: kept.count == members.count)
    }

    private init(
        _ members: [PlacedEvent], ids: [EventIdentity], of body: [UInt8], isBatch: Bool, payer: KnownPayer,
        sender: AccountID, received: Instant, isWhole: Bool
    ) throws {
        self.members = members
        self.payer = payer
        self.isBatch = isBatch
        source = body
        // Members that are all of the body are kept as they came.
        let isAll = isWhole && members.last.map { $0.place + 1 == members.count } ?? false
        batch = EventBatch(
            account: payer.account, sender: sender, project: payer.project, book: payer.book.id.text,
            received: received, ids: ids, body: isAll ? body : Self.joined(members, body))
        let batch = self.batch
        tally = Result { () throws(Faults) in
            try batch.tally(of: members, in: body, book: payer.book, isBatch: isBatch)
        }
    }

    /// The same without some events.
    func only(_ isKept: (Int) -> Bool) throws -> PreparedEvents {
        let kept = members.indices.filter(isKept)
        return try PreparedEvents(
            kept.map { members[$0] }, ids: kept.map { batch.ids[$0] }, of: source, isBatch: isBatch, payer: payer,
            sender: batch.sender, received: batch.received, isWhole: false)
    }

    func place(_ index: Int) -> EventPlace { EventPlace(isBatch ? members[index].place : nil) }

    func event(at index: Int) throws -> JSONValue {
        try JSONValue(parsing: Array(source[members[index].event.range]))
    }

    private static func joined(_ members: [PlacedEvent], _ body: [UInt8]) -> [UInt8] {
        var bytes = [UInt8(ascii: "[")]
        for (index, member) in members.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += body[member.event.range]
        }
        return bytes + [UInt8(ascii: "]")]
    }

    /// The events that stand in the body for the first time.
    private static func firsts(
        _ members: [PlacedEvent], _ ids: [EventIdentity], _ body: [UInt8], isBatch: Bool
    ) throws -> [Int] {
        let order = ids.indices.sorted { (ids[$0].key, $0) < (ids[$1].key, $1) }
        guard zip(order, order.dropFirst()).contains(where: { ids[$0].key == ids[$1].key }) else {
            return Array(ids.indices)
        }
        var seen: [UInt128: Int] = [:]
        var kept: [Int] = []
        for (index, id) in ids.enumerated() {
            guard let first = seen.updateValue(index, forKey: id.key) else {
                kept.append(index)
                continue
            }
            seen[id.key] = first
            let same =
                try ids[first].content == id.content
                || JSONValue(parsing: Array(body[members[first].event.range]))
                    .isSame(as: JSONValue(parsing: Array(body[members[index].event.range])))
            guard same else {
                throw EventPlace(isBatch ? members[index].place : nil).fault(
                    .conflict, "The body has this source and id twice with other content; events never change.", "id")
            }
        }
        return kept
    }
}

extension EventBatch {
    /// What the events of the batch come to; throws everything that is wrong with them.
    func tally(
        of members: [PlacedEvent], in body: [UInt8], book: PriceBook, isBatch: Bool = true
    ) throws(Faults) -> EventTally {
        var tally = EventTally(account: account.text, book: book)
        var faults = Faults()
        let latest = received.second + Limits.eventSkewSeconds
        body.withUnsafeBytes { bytes in
            for (index, member) in members.enumerated() where faults.all.count < Limits.eventFaults {
                let event = member.event
                let place = EventPlace(isBatch ? member.place : nil)
                let time = event.time ?? received.second
                guard time <= latest else {
                    faults.append(
                        place.fault(
                            .invalidParameter, "\(time) lies in the future; it is \(received.second) here.", "time"))
                    continue
                }
                do throws(Fault) {
                    try tally.add(
                        event, at: min(time, received.second), tie: ids[index].tie,
                        project: event.project ?? project.text, bytes: bytes, place: place)
                } catch {
                    faults.append(error)
                }
            }
        }
        try faults.check()
        return tally
    }

    /// The tally of a batch as it was kept.
    func tally(book: PriceBook) throws -> EventTally {
        let events = try body.withUnsafeBytes { bytes throws(Faults) in try EventReader.events(in: bytes) }
        return try tally(
            of: events.enumerated().map { PlacedEvent(place: $0, event: $1) }, in: body, book: book)
    }
}

extension EventIdentity {
    /// Of several events of one second, the one with the greatest counts as the latest.
    var tie: Int64 { Int64(truncatingIfNeeded: key) }
}
