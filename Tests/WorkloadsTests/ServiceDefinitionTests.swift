import Kernel
import Testing
import Wire

@testable import Workloads

/// Bodies of the public API's own pages ("Deploying Services"), and what is wrong with others.
struct ServiceDefinitionTests {
    private func read(_ text: String) throws -> ServiceDefinition {
        try ServiceDefinition(json: JSONValue(parsing: Array(text.utf8)))
    }

    private func faults(_ text: String) throws -> [String] {
        do {
            _ = try read(text)
            return []
        } catch let faults as Faults {
            return faults.all.compactMap(\.field)
        }
    }

    @Test func thePagesOwnBodiesAreRead() throws {
        let plain = try read(
            """
            {"infer_type": "real-time", "service_name": "mnist", "description": "mnist service", "config": [
                {"specification": "modelarts.vm.cpu.2u", "weight": 100,
                 "model_id": "0e07b41b-173e-42db-8c16-8e1b44cc0d44", "instance_count": 1}]}
            """)
        #expect(plain.configs.map(\.weight) == [100])
        #expect(plain.stopAfterSeconds == nil)
        let split = try read(
            """
            {"service_name": "mnist", "description": "mnist service", "infer_type": "real-time", "config": [
                {"model_id": "xxxmodel-idxxx", "weight": "70", "specification": "modelarts.vm.cpu.2u",
                 "instance_count": 1, "envs": {"model_name": "mxnet-model-1", "load_epoch": "0"}},
                {"model_id": "xxxxxx", "weight": "30", "specification": "modelarts.vm.cpu.2u", "instance_count": 1}]}
            """)
        #expect(split.configs.map(\.weight) == [70, 30])
        #expect(split.configs[0].environments.map(\.name) == ["model_name", "load_epoch"])
        let timed = try read(
            """
            {"service_name": "service-demo", "description": "demo", "infer_type": "real-time", "config": [
                {"model_id": "xxxmodel-idxxx", "weight": "100", "specification": "modelarts.vm.cpu.2u",
                 "instance_count": 1}], "schedule": [{"type": "stop", "time_unit": "HOURS", "duration": 1}]}
            """)
        #expect(timed.stopAfterSeconds == 3_600)
    }

    @Test func readingBackGivesTheSame() throws {
        let text = """
            {"service_name": "a-b_c", "infer_type": "real-time", "description": "x", "workspace_id": "7", "config": [
                {"model_id": "m", "weight": 40, "specification": "f", "instance_count": 3, "envs": {"A": "1"}},
                {"model_id": "n", "weight": 60, "specification": "f", "deploy_timeout_in_seconds": 60}],
             "cluster_id": "lab-1", "schedule": [{"type": "stop", "time_unit": "MINUTES", "duration": 90}],
             "limits": {"requests_per_second": 5, "concurrency": 2, "timeout_seconds": 9, "body_bytes": 10}}
            """
        let definition = try read(text)
        #expect(try ServiceDefinition(json: definition.json) == definition)
        #expect(try definition.configs.map { try ServiceConfig.stored($0.json) } == definition.configs)
        #expect(definition.instanceCount == 4 && definition.configs.allSatisfy { $0.pool == PoolID("lab-1") })
    }

    @Test func everyFaultIsToldAtOnce() throws {
        #expect(
            try faults(
                """
                {"service_name": "no space", "infer_type": "edge", "cluster_id": 7, "config": [
                    {"model_id": "m", "weight": 50, "specification": "custom", "instance_count": 500,
                     "envs": {"MA_X": "1"}}, {"weight": "many", "specification": "f"}],
                 "schedule": [{"type": "start", "time_unit": "WEEKS", "duration": 1}], "limits": {"concurrency": 0}}
                """) == [
                    "service_name", "infer_type", "cluster_id", "config[0].specification",
                    "config[0].instance_count", "config[0].envs", "config[1].model_id", "config[1].weight", "config",
                    "schedule[0].type", "schedule[0].time_unit", "limits.concurrency",
                ])
        #expect(try faults(#"{"service_name": "a", "infer_type": "real-time"}"#) == ["config"])
        #expect(try faults(#"{"service_name": "a", "infer_type": "real-time", "config": []}"#) == ["config"])
    }

    @Test(arguments: [("[40, 50]", "90"), ("[60, 60]", "120"), ("[0, 0]", "0")])
    func weightsSumToAHundred(weights: String, sum: String) throws {
        let configs = try #require(JSONValue(parsing: Array(weights.utf8)).array).enumerated().map { index, weight in
            let item: JSONObject = ["model_id": .string("m\(index)"), "specification": "f", "weight": weight]
            return JSONValue.object(item)
        }
        let body: JSONObject = ["service_name": "a", "infer_type": "real-time", "config": .array(configs)]
        let faults = #expect(throws: Faults.self) { try ServiceDefinition(json: .object(body)) }
        #expect(faults?.all.map(\.message) == ["The weights sum to \(sum); they must sum to 100."])
    }

    @Test func aChangeSaysWhatItChanges() throws {
        let page = """
            {"description": "", "status": "running", "config": [{"model_id": "xxxx", "weight": "100",
             "specification": "modelarts.vm.cpu.2u", "instance_count": 1}]}
            """
        let change = try ServiceChange(json: JSONValue(parsing: Array(page.utf8)))
        #expect(change.status == .running && change.configs?.count == 1 && change.stopAfterSeconds == nil)
        let none = try ServiceChange(json: JSONValue(parsing: Array(#"{"schedule": []}"#.utf8)))
        #expect(none.stopAfterSeconds == .some(nil))
        #expect(throws: Faults.self) {
            try ServiceChange(json: JSONValue(parsing: Array(#"{"status": "paused"}"#.utf8)))
        }
    }
}
