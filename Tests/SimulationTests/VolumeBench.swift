import Billing
import Files
import Foundation
import Identity
import Kernel
import Metering
import Money
import Pricing
import Store
import Workloads

@testable import Platform

/// One account with volumes, on real use cases and a real database, at a time that the test says.
final class VolumeBench {
    let folder: String
    let store: SQLiteStore
    let time: SimulatedTime
    let disks: MemoryDisks
    let ports: Ports
    let project: Project
    let caller: Caller
    let supervisor: VolumeSupervisor
    private(set) var pending: [VolumeChange] = []

    /// A full hour, and the first of a month, in the billing zone.
    static let start = Second(1_893_427_200)

    init(cash: String = "100", room: Int64 = 10_000, at start: Second = VolumeBench.start) async throws {
        folder = NSTemporaryDirectory() + "volumes-\(UInt64.random(in: 0...(.max)))"
        try FileManager.default.createDirectory(atPath: folder + "/buckets", withIntermediateDirectories: true)
        store = try await SQLiteStore(path: folder + "/store.sqlite")
        time = SimulatedTime(start)
        disks = MemoryDisks(room: room)
        let identifiers = CountingIdentifiers()
        let books = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "PriceBooks").path()
        ports = Ports(
            store: store, clock: time, hostClock: time, identifiers: identifiers,
            secrets: CountingSecrets(counting: identifiers), executor: SimulatedExecutor(seed: 1, now: start),
            buckets: try BucketFolder(path: folder + "/buckets"), folders: NoFolders(), volumes: disks,
            catalogue: Catalogue(books: try PriceBookFolder.read(path: books), engines: []), settings: Settings(),
            journal: SilentJournal())
        let opened = try await OpenAccount(ports)(
            OpenAccount.Input(name: "ann", userName: "ann", password: "password", role: .operator))
        project = opened.project
        caller = Caller(opened.user, requestID: "test")
        supervisor = VolumeSupervisor(ports)
        if let amount = Amount(cash), amount > .zero { try await topUp(cash) }
        // The first look at hours marks where they begin.
        _ = try await HourCloser(ports) { _ in }.closeDueHours()
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func topUp(_ amount: String) async throws {
        _ = try await TopUpAccount(ports)(Amount(amount) ?? .zero, to: project.account, key: nil, caller: caller)
    }

    /// Sets the clock so many seconds after the start.
    func at(_ seconds: Int64) { time.move(to: Self.start + seconds) }

    func close() async throws { _ = try await HourCloser(ports) { _ in }.closeDueHours() }

    /// The same books and disks as a server with a store that fails at times sees them.
    func ports(on store: any Platform.Store) -> Ports {
        Ports(
            store: store, clock: ports.clock, hostClock: ports.hostClock, identifiers: ports.identifiers,
            secrets: ports.secrets, executor: ports.executor, buckets: ports.buckets, folders: ports.folders,
            volumes: disks, catalogue: ports.catalogue, settings: ports.settings, journal: ports.journal)
    }

    /// Carries out a change and everything that follows from it.
    func carryOut(_ change: VolumeChange) async throws -> Volume {
        var volume = change.volume
        var actions = change.actions
        while !actions.isEmpty {
            let event = await VolumeAct(ports).perform(actions.removeFirst(), for: volume)
            let id = volume.id
            let ports = self.ports
            let next = try await store.write { transaction in
                var volume = try transaction.requiredVolumeEvenDeleted(id)
                return try transaction.apply(event, to: &volume, ports: ports)
            }
            (volume, actions) = (next.volume, actions + next.actions)
        }
        return volume
    }

    func create(_ capacity: Int64, type: String = "SSD", for owner: String? = nil) async throws -> Volume {
        let change = try await take(capacity, type: type, for: owner)
        return try await carryOut(change)
    }

    /// Takes a volume that is not made yet.
    func take(_ capacity: Int64, type: String = "SSD", for owner: String? = nil) async throws -> VolumeChange {
        let room = try await disks.capacity()
        let (ports, project, caller) = (self.ports, self.project, self.caller)
        return try await store.write { transaction in
            try transaction.createVolume(
                VolumeWish(name: "data", type: FlavorID(type), capacity: capacity), id: ports.identifiers.uuid(),
                for: owner.map { ResourceID($0) }, bounds: .notebook, room: room, in: project, caller: caller,
                ports: ports)
        }
    }

    func grow(_ volume: VolumeID, to capacity: Int64) async throws -> Volume {
        let room = try await disks.capacity()
        let (ports, project) = (self.ports, self.project)
        return try await carryOut(
            try await store.write { transaction in
                try transaction.growVolume(
                    volume, to: capacity, bounds: .notebook, room: room, in: project.id, ports: ports)
            })
    }

    func delete(_ volume: VolumeID, by owner: String? = nil) async throws -> Volume {
        let (ports, project) = (self.ports, self.project)
        return try await carryOut(
            try await store.write { transaction in
                try transaction.deleteVolume(
                    volume, by: owner.map { ResourceID($0) }, in: project.id, ports: ports)
            })
    }

    func lines() async throws -> [BillLine] {
        let query = BillLineQuery(account: project.account, page: PageRequest(limit: 10_000))
        return try await ListBillLines(ports)(query, caller: caller).page.items.sorted { $0.from < $1.from }
    }

    func held() async throws -> Amount {
        let account = project.account
        return try await store.read { try $0.heldAmount(owner: account.text) }
    }
}

extension StoreTransaction {
    func requiredVolumeEvenDeleted(_ id: VolumeID) throws -> Volume {
        guard let volume = try volume(id) else { throw Fault(.notFound, "no volume \(id)") }
        return volume
    }
}
