import Kernel
import Pricing
import Testing
import Wire
import Workloads

@Suite struct PoolDefinitionTests {
    private static func body(
        name: String = "pool-ae01", mode: String = "0", scope: String = #"["Train"]"#,
        resources: String = #"[{"flavor":"modelarts.vm.cpu.8ud","count":1,"maxCount":1}]"#, type: String = "Dedicate"
    ) -> String {
        """
        {"kind":"Pool","apiVersion":"v2","metadata":{"labels":{"os.modelarts/name":"\(name)",
        "os.modelarts/workspace.id":"0"},"annotations":{"os.modelarts/billing.mode":"\(mode)"}},
        "spec":{"type":"\(type)","scope":\(scope),"resources":\(resources),"network":{"name":"network-21e1"}}}
        """
    }

    private static func read(_ text: String) throws -> PoolDefinition {
        try PoolDefinition(json: JSONValue(parsing: Array(text.utf8)))
    }

    /// Source: the example of `POST /v2/{project_id}/pools` in the API reference.
    @Test func theExampleIsRead() throws {
        #expect(
            try Self.read(Self.body())
                == PoolDefinition(
                    name: "pool-ae01", scopes: [.training], flavor: FlavorID("modelarts.vm.cpu.8ud"), nodes: 1,
                    network: "network-21e1"))
    }

    @Test(arguments: [
        (body(name: "abc"), "metadata.labels.os.modelarts/name"),
        (body(name: "Pool"), "metadata.labels.os.modelarts/name"),
        (body(name: "pool-"), "metadata.labels.os.modelarts/name"),
        (body(name: "1pool"), "metadata.labels.os.modelarts/name"),
        (body(mode: "1"), "metadata.annotations.os.modelarts/billing.mode"),
        (body(scope: #"["Fly"]"#), "spec.scope"), (body(scope: "[]"), "spec.scope"),
        (body(resources: "[]"), "spec.resources"),
        (body(resources: #"[{"flavor":"a","count":0}]"#), "spec.resources[0].count"),
        (body(resources: #"[{"flavor":"a","count":1},{"flavor":"b","count":1}]"#), "spec.resources"),
        (body(type: "Logical"), "spec.type"),
    ]) func whatCannotBeMadeIsRefused(text: String, field: String) {
        let faults = #expect(throws: Faults.self) { try Self.read(text) }
        #expect(faults?.all.map(\.field) == [field])
    }

    @Test func aChangeKeepsTheFlavor() throws {
        let grown = try JSONValue(parsing: Array(#"{"spec":{"resources":[{"flavor":"f","count":3}]}}"#.utf8))
        #expect(try PoolChange(json: grown, flavor: "f") == PoolChange(nodes: 3))
        #expect(throws: Faults.self) { try PoolChange(json: grown, flavor: "g") }
    }

    @Test func whatIsOfDedicatedPoolsIsNotEverybodys() {
        let machine = PoolCapacity(cpuMillicores: 8_000, memoryBytes: 100, accelerators: [0, 1, 2])
        let pool = Placement(
            id: "p", demand: Demand(flavor: FlavorID("f"), cpuMillicores: 3_000, memoryBytes: 40, accelerators: 1),
            accelerators: [1])
        #expect(
            machine.less([pool]) == PoolCapacity(cpuMillicores: 5_000, memoryBytes: 60, accelerators: [0, 2]))
        #expect(machine.less([]) == machine)
    }

    @Test func workIsNoLargerThanANode() throws {
        func demand(_ cpu: Int64) -> Demand {
            Demand(flavor: FlavorID("f"), cpuMillicores: cpu, memoryBytes: 1, accelerators: 0)
        }
        let room = PoolRoom(
            words: "the pool lab", capacity: PoolCapacity(cpuMillicores: 4, memoryBytes: 8, accelerators: []),
            node: PoolCapacity(cpuMillicores: 2, memoryBytes: 4, accelerators: []),
            placed: [Placement(id: "a", demand: demand(2), accelerators: [])])
        let fault = #expect(throws: Fault.self) { try room.requireFit(of: demand(3)) }
        #expect(fault?.message.contains("a node of the pool lab has 2") == true)
        #expect(room.place("b", demand(3)) == nil && room.place("b", demand(2)) != nil)
        #expect(room.holdsWhatIsPlaced)
    }
}
