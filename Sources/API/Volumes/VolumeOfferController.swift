import Hummingbird
import Identity
import Kernel
import Platform
import Pricing
import Wire

/// What EVS says beside volumes: their types, the zone, and jobs.
struct VolumeOfferController: Sendable {
    private let zone: String
    private let projects: KnownProjects
    private let offer: ListOffer
    private let showJob: ShowVolumeJob

    init(_ ports: Ports, projects: KnownProjects) {
        zone = ports.settings.zoneName
        self.projects = projects
        offer = ListOffer(ports)
        showJob = ShowVolumeJob(ports)
    }

    var routes: [Route] {
        [
            .known(.get, "/v2/{project_id}/types", "Lists types of volumes.", types),
            .known(.get, "/v2/{project_id}/os-availability-zone", "Lists availability zones.", zones),
            .known(.get, "/v1/{project_id}/jobs/{job_id}", "Shows a job of EVS.", job),
        ]
    }

    @Sendable private func types(_ call: Call, _ caller: Caller) async throws -> Response {
        _ = try await projects.project(of: call, caller: caller)
        let types = try await offer.volumeTypes(account: caller.account, caller: caller)
        return Answer.json(
            .fields(
                (
                    "volume_types",
                    .array(
                        types.map { type in
                            .fields(
                                ("id", .text(type.id)), ("name", .text(type.id)),
                                ("description", .text(type.words)), ("is_public", .bool(true)),
                                ("extra_specs", .fields(("RESKEY:availability_zones", .text(zone)))))
                        })
                )))
    }

    @Sendable private func zones(_ call: Call, _ caller: Caller) async throws -> Response {
        _ = try await projects.project(of: call, caller: caller)
        return Answer.json(
            .fields(
                (
                    "availabilityZoneInfo",
                    .array([
                        .fields(("zoneName", .text(zone)), ("zoneState", .fields(("available", .bool(true)))))
                    ])
                )))
    }

    @Sendable private func job(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let report = try await showJob(VolumeJobID(try call.path("job_id")), in: project, caller: caller)
        return Answer.json(report.json)
    }
}
