import Kernel
import Testing
import Wire
import Workloads

@Suite struct NotebookDefinitionTests {
    private static let whole: JSONObject = [
        "name": "mine", "flavor": "f", "image_id": "i",
        "volume": ["category": "EVS", "ownership": "MANAGED", "capacity": 10],
    ]

    private static func with(_ key: String, _ value: JSONValue) -> JSONValue {
        var object = whole
        object[key] = value
        return .object(object)
    }

    @Test func aWholeRequestIsRead() throws {
        let definition = try NotebookDefinition(
            json: Self.with("lease", ["duration": 7_200_000, "type": "idle"]))
        #expect(definition.name == "mine" && definition.volumeGigabytes == 10)
        #expect(definition.lease.kind == .idle && definition.lease.duration == 7_200_000)
    }

    @Test func whatIsLeftOutHasModelArtsDefaults() throws {
        let definition = try NotebookDefinition(
            json: Self.with("volume", ["category": "EVS", "ownership": "MANAGED"]))
        #expect(definition.volumeGigabytes == 5)
        #expect(definition.lease == NotebookDefinition.LeaseWish(kind: .timing, duration: 3_600_000))
    }

    /// Source: issue 4, "bad input"; the bounds are those of `NotebookCreateRequest`.
    @Test(
        arguments: [
            ("name", "", "name"), ("name", "a b", "name"), ("flavor", .null, "flavor"), ("image_id", .null, "image_id"),
            ("volume", ["category": "EVS", "capacity": 4], "volume.capacity"),
            ("volume", ["category": "EVS", "capacity": 5_000], "volume.capacity"),
            ("volume", ["category": "EVS", "capacity": "much"], "volume.capacity"),
            ("volume", ["category": "OBS", "capacity": 10], "volume.category"),
            ("volume", ["category": "EVS", "ownership": "DEDICATED"], "volume.ownership"),
            ("lease", ["duration": 3_599_999], "lease.duration"),
            ("lease", ["duration": 259_200_001], "lease.duration"),
            ("lease", ["type": "never"], "lease.type"), ("duration", 1, "duration"),
            ("feature", "DEFAULT", "feature"),
            ("pool_id", 7, "pool_id"), ("custom_spec", ["cpu": 1], "custom_spec"), ("hooks", [:], "hooks"),
            ("endpoints", [["service": "SSH"]], "endpoints[0].service"), ("data_volumes", [[:]], "data_volumes"),
        ] as [(String, JSONValue, String)])
    func whatCannotBeUsedIsSaid(key: String, value: JSONValue, field: String) {
        let faults = #expect(throws: Faults.self) { try NotebookDefinition(json: Self.with(key, value)) }
        #expect(faults?.all.map(\.field) == [field])
    }

    @Test func allFaultsAreToldAtOnce() {
        let faults = #expect(throws: Faults.self) { try NotebookDefinition(json: [:]) }
        let fields = Set((faults?.all ?? []).compactMap(\.field))
        #expect(fields.isSuperset(of: ["name", "flavor", "image_id", "volume"]))
    }

    @Test func aChangeIsReadAndRefused() throws {
        let change = try NotebookChange(json: ["name": "new", "storage_new_size": 20])
        #expect(change.name == "new" && change.volumeGigabytes == 20 && change.flavor == nil)
        let wrong: JSONValue = ["storage_new_size": 5_000, "hooks": [:]]
        let faults = #expect(throws: Faults.self) { try NotebookChange(json: wrong) }
        #expect(faults?.all.map(\.field) == ["storage_new_size", "hooks"])
    }
}
