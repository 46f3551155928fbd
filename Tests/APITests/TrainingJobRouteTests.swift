import HTTPTypes
import HummingbirdTesting
import Identity
import Kernel
import NIOCore
import Platform
import Testing
import Wire

@Suite struct TrainingJobRouteTests {
    private static func wish(_ name: String) -> JSONValue {
        [
            "kind": "job", "metadata": ["name": .string(name), "description": "first"],
            "algorithm": [
                "command": "true", "engine": ["engine_name": "python"], "environments": ["GREETING": "hello"],
                "parameters": [["name": "epochs", "value": "3"]],
            ], "spec": ["resource": ["flavor_id": "modelarts.vm.cpu.2u", "node_count": 1]],
        ]
    }

    @Test func aJobFromCreationToDeletion() async throws {
        let server = try await TestServer()
        try await server.topUp("100")
        let jobs = "/v2/\(server.customer.project.id)/training-jobs"
        try await server.test { client in
            let made = try await server.send(client, .post, jobs, Self.wish("first"))
            #expect(made.status == .created, "\(made.text)")
            let id = try #require(try made.json["metadata"]?["id"]?.string)
            let job = try await server.send(client, .get, "\(jobs)/\(id)").json
            #expect(job["kind"]?.string == "job")
            #expect(job["metadata"]?["create_time"]?.integer == 1_900_000_000_000)
            #expect(job["metadata"]?["user_name"]?.string == "mira")
            #expect(job["status"]?["phase"]?.string == "Pending")
            #expect(job["status"]?["secondary_phase"]?.string == "Queuing")
            #expect(job["status"]?["duration"]?.integer == 0)
            #expect(job["status"]?["tasks"]?.array == ["worker-0"])
            #expect(job["algorithm"]?["engine"]?["engine_id"]?.string == "python-3.11")
            #expect(job["algorithm"]?["environments"]?.array == [["GREETING": "hello"]])
            #expect(job["spec"]?["resource"]?["flavor_id"]?.string == "modelarts.vm.cpu.2u")

            let changed = try await server.send(client, .put, "\(jobs)/\(id)", ["description": "second"])
            #expect(changed.status == .ok)
            #expect(
                try await server.send(client, .get, "\(jobs)/\(id)").json["metadata"]?["description"]?.string
                    == "second")
            let events = try await server.send(client, .get, "\(jobs)/\(id)/events").json
            #expect(events["events"]?.array?.first?["message"]?.string == "The job was created.")

            let stopped = try await server.send(
                client, .post, "\(jobs)/\(id)/actions", ["action_type": "terminate"])
            #expect(stopped.status == .accepted)
            #expect(try stopped.json["status"]?["phase"]?.string == "Terminated")
            #expect(try await server.send(client, .delete, "\(jobs)/\(id)").status == .accepted)
            let gone = try await server.send(client, .get, "\(jobs)/\(id)")
            #expect(gone.status == .notFound)
            #expect(try gone.code == "ModelArts.0404")
            let balance = try await server.send(client, .get, "/atelier/v1/balance").json
            #expect(balance["held"]?.string == "0")
        }
    }

    @Test func aSearchCountsPagesAndNarrows() async throws {
        let server = try await TestServer()
        try await server.topUp("1000")
        let project = server.customer.project.id
        try await server.test { client in
            for name in ["alpha-1", "alpha-2", "alpha-3", "beta"] {
                let made = try await server.send(client, .post, "/v2/\(project)/training-jobs", Self.wish(name))
                #expect(made.status == .created, "\(made.text)")
            }
            let answer = try await server.send(
                client, .post, "/v2/\(project)/training-job-searches",
                [
                    "offset": 1, "limit": 2, "sort_by": "name", "order": "asc",
                    "filters": [["key": "name", "operator": "like", "value": ["alpha"]]],
                ]
            ).json
            #expect(answer["total"]?.integer == 3)
            #expect(answer["count"]?.integer == 1)
            #expect(answer["items"]?.array?.map { $0["metadata"]?["name"]?.string } == ["alpha-3"])
            let refused = try await server.send(
                client, .post, "/v2/\(project)/training-job-searches",
                ["limit": 51, "order": "up", "filters": [["key": "colour", "value": ["red"]]]])
            #expect(refused.status == .badRequest)
            #expect(try refused.faultFields == ["limit", "order", "filters[0].key"])
        }
    }

    @Test func nothingStartsWithoutMoney() async throws {
        let server = try await TestServer()
        let project = server.customer.project.id
        try await server.test { client in
            let refused = try await server.send(client, .post, "/v2/\(project)/training-jobs", Self.wish("too-dear"))
            #expect(refused.status == .forbidden)
            #expect(try refused.code == "ModelArts.4116")
            let found = try await server.send(client, .post, "/v2/\(project)/training-job-searches", [:])
            #expect(try found.json["total"]?.integer == 0)
        }
    }

    @Test(arguments: ["{", "[]", "nonsense", #"{"a":1,"a":2}"#, #"{"spec":{"resource":{"node_count":1.0}}}"#])
    func malformedBodiesAreRefused(body: String) async throws {
        let server = try await TestServer()
        let path = "/v2/\(server.customer.project.id)/training-jobs"
        try await server.test { client in
            let answer = try await client.execute(
                uri: path, method: .post, headers: try server.signed(.post, path, body: Array(body.utf8)),
                body: ByteBuffer(string: body))
            #expect(answer.status == .badRequest)
            #expect(try answer.code?.hasPrefix("ModelArts.010") == true)
        }
    }

    @Test func flavorsHaveTheirPriceAndEnginesTheirNames() async throws {
        let server = try await TestServer()
        let project = server.customer.project.id
        try await server.test { client in
            let flavors = try await server.send(client, .get, "/v2/\(project)/training-job-flavors?flavor_type=CPU")
                .json
            let two = flavors["flavors"]?.array?.first { $0["flavor_id"]?.string == "modelarts.vm.cpu.2u" }
            #expect(two?["flavor_info"]?["cpu"]?["core_num"]?.integer == 2)
            #expect(two?["attributes"]?["price_per_hour"]?.string?.isEmpty == false)
            let wrong = try await server.send(client, .get, "/v2/\(project)/training-job-flavors?flavor_type=TPU")
            #expect(try wrong.faultFields == ["flavor_type"])
            let engines = try await server.send(client, .get, "/v2/\(project)/training-job-engines").json
            #expect(engines["items"]?.array?.map { $0["engine_name"]?.string } == ["python"])
        }
    }
}
