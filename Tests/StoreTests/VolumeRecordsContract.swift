import Identity
import Kernel
import Metering
import Platform
import Pricing
import Testing
import Workloads

@Suite struct VolumeRecordsContract {
    static func volume(
        _ id: String, project: Project = Sample.project, at milliseconds: Int64 = 1, capacity: Int64 = 10,
        machine: VolumeMachine = VolumeMachine(state: .available), attachment: String? = nil
    ) -> Volume {
        Volume(
            id: VolumeID(id), account: project.account, project: project.id, userName: "alice", name: "disk-\(id)",
            description: "it's \"so\"", type: FlavorID("SSD"), zone: "local-1a",
            metadata: [NamedText(name: "b", value: "字"), NamedText(name: "a", value: "")],
            createdAt: Instant(milliseconds: milliseconds), updatedAt: Instant(milliseconds: milliseconds + 1),
            machine: machine, capacity: capacity, wantedCapacity: capacity,
            attachment: attachment.map { ResourceID($0) },
            attachedAt: attachment.map { _ in Instant(milliseconds: 5) })
    }

    @Test(arguments: StoreKind.allCases) func aVolumeComesBackWholeInEveryState(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        var volume = Self.volume("1")
        let fresh = volume
        try await test.store.write { try $0.insert(fresh) }
        #expect(try await test.store.read { try $0.volume(fresh.id, in: fresh.project) } == fresh)
        #expect(try await test.store.read { try $0.volume(fresh.id, in: Sample.second.id) } == nil)
        for state in VolumeMachine.State.allCases {
            volume.machine = VolumeMachine(
                state: state, isAttached: state == .inUse, isMounted: state == .inUse,
                isDeletionWanted: state == .extending, message: "why \(state)")
            volume.attachment = state == .inUse ? ResourceID("notebook") : nil
            volume.attachedAt = state == .inUse ? Instant(milliseconds: 9) : nil
            volume.name += "x"
            (volume.capacity, volume.wantedCapacity) = (volume.capacity + 1, volume.capacity + 3)
            (volume.stretches, volume.billedCapacity) = (volume.stretches + 1, state == .inUse ? nil : 7)
            let changed = volume
            try await test.store.write { try $0.update(changed) }
            #expect(try await test.store.read { try $0.volume(changed.id) } == changed)
            let attached = try await test.store.read { try $0.volumes(of: ResourceID("notebook")) }
            #expect(attached == (state == .inUse ? [changed] : []))
        }
        #expect(try await test.store.read { try $0.volume(fresh.id, in: fresh.project) } == nil, "deleted")
    }

    @Test(arguments: StoreKind.allCases) func volumesAreListedAndCounted(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        try await test.store.write { transaction in
            for (index, id) in ["a", "b", "c", "d"].enumerated() {
                try transaction.insert(Self.volume(id, at: 10 - Int64(index), capacity: 10 + Int64(index)))
            }
            try transaction.insert(Self.volume("e", project: Sample.second))
            try transaction.insert(Self.volume("f", machine: VolumeMachine(state: .error)))
            try transaction.insert(Self.volume("g", machine: VolumeMachine(state: .deleted)))
        }
        func ids(_ change: (inout VolumeQuery) -> Void) async throws -> [String] {
            var query = VolumeQuery(project: Sample.project.id, page: PageRequest(limit: 10))
            change(&query)
            let wanted = query
            return try await test.store.read { try $0.volumes(wanted).items.map(\.id.text) }
        }
        #expect(try await ids { _ in } == ["a", "b", "c", "d", "f"])
        #expect(try await ids { $0.isAscending = true } == ["f", "d", "c", "b", "a"])
        #expect(
            try await ids {
                $0.order = .capacity; $0.after = VolumeID("c")
            } == ["b", "f", "a"])
        #expect(try await ids { $0.ids = [VolumeID("b"), VolumeID("e"), VolumeID("g")] } == ["b"])
        #expect(try await ids { $0.ids = [] }.isEmpty)
        #expect(try await ids { $0.nameContains = "k-c" } == ["c"])
        #expect(try await ids { $0.state = .error } == ["f"])
        #expect(try await ids { $0.page = PageRequest(offset: 1, limit: 2) } == ["b", "c"])
        try await test.store.read { transaction in
            #expect(try transaction.volumeCount(in: Sample.project.id) == 5)
            #expect(try transaction.promisedVolumeCapacity() == 10 + 11 + 12 + 13 + 10)
            let failed = try transaction.volumes(inStates: [.error, .deleted])
            #expect(failed.map(\.id.text) == ["f"])
        }
    }
}
