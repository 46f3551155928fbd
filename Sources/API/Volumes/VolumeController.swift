import HTTPTypes
import Hummingbird
import Identity
import Kernel
import Platform
import Wire
import Workloads

/// Volumes in the shapes of EVS.
struct VolumeController: Sendable {
    private let ports: Ports
    private let projects: KnownProjects
    private let createVolume: CreateVolume
    private let showVolume: ShowVolume
    private let growVolume: GrowVolume
    private let renameVolume: RenameVolume
    private let deleteVolume: DeleteVolume

    init(_ ports: Ports, supervisor: VolumeSupervisor, projects: KnownProjects) {
        self.ports = ports
        self.projects = projects
        createVolume = CreateVolume(ports, supervisor: supervisor)
        showVolume = ShowVolume(ports)
        growVolume = GrowVolume(ports, supervisor: supervisor)
        renameVolume = RenameVolume(ports)
        deleteVolume = DeleteVolume(ports, supervisor: supervisor)
    }

    private static let volumes = "/v2/{project_id}/cloudvolumes"
    private static let volume = volumes + "/{volume_id}"
    private static let newer = "/v2.1/{project_id}/cloudvolumes"
    private static let own = "/atelier/v1/projects/{project_id}/volumes/{volume_id}/usage"
    private static let clientToken = HTTPField.Name("X-Client-Token")

    var routes: [Route] {
        [
            .known(.post, Self.newer, "Creates volumes.", create),
            .known(.get, Self.volumes + "/detail", "Lists volumes.", list),
            .known(.get, Self.volume, "Shows a volume.", show),
            .known(.put, Self.volume, "Renames a volume.", rename),
            .known(.delete, Self.volume, "Deletes a volume with its data.", delete),
            .known(.post, Self.newer + "/{volume_id}/action", "Grows a volume.", grow),
            .known(.post, "/v5/{project_id}/volumes/batch-extend", "Grows volumes.", growSeveral),
            .known(.get, Self.own, "Shows how full a volume is.", usage),
        ]
    }

    @Sendable private func create(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let order = try VolumeOrder(json: call.json(), zone: ports.settings.zoneName)
        let key = Self.clientToken.flatMap { call.header($0) }.map { token in
            RequestKey(
                project: project.id, token: token,
                content: ports.secrets.digest(ofToken: String(decoding: call.body, as: UTF8.self)))
        }
        let taken = try await within("volume") {
            try await createVolume(order.wish, count: order.count, key: key, in: project, caller: caller)
        }
        return Answer.json(
            .fields(("job_id", .text(taken.job)), ("volume_ids", .array(taken.volumes.map { .text($0) }))),
            status: .accepted)
    }

    @Sendable private func list(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        guard let query = try VolumeQuery(call.query(), project: project) else {
            return Answer.json(.fields(("count", .whole(0)), ("volumes", .array([]))))
        }
        let page = try await showVolume.list(query, in: project, caller: caller)
        let next = page.items.last.flatMap { last -> JSONValue? in
            guard page.total > query.page.offset + page.items.count else { return nil }
            let address = "\(call.origin)/v2/\(project.id)/cloudvolumes/detail"
            return .fields(
                ("href", .text("\(address)?limit=\(query.page.limit)&marker=\(last.id)")), ("rel", .text("next")))
        }
        return Answer.json(
            .fields(
                ("count", .whole(page.total)), ("volumes_links", .array(next.map { [$0] } ?? [])),
                ("volumes", .array(page.items.map { $0.json(origin: call.origin) }))))
    }

    @Sendable private func show(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let volume = try await showVolume(try call.volume(), in: project, caller: caller)
        return Answer.json(.fields(("volume", volume.json(origin: call.origin))))
    }

    @Sendable private func rename(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let body = JSONFields(try call.json())
        let fields = body.requiredObject("volume")
        let (name, description) = (fields.string("name"), fields.string("description"))
        try body.check()
        let volume = try await within("volume") {
            try await renameVolume(
                try call.volume(), name: name, description: description, in: project, caller: caller)
        }
        return Answer.json(volume.json(origin: call.origin))
    }

    @Sendable private func delete(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let job = try await deleteVolume(try call.volume(), in: project, caller: caller)
        return Self.accepted(job)
    }

    @Sendable private func grow(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let body = JSONFields(try call.json())
        let size = body.requiredObject("os-extend").requiredInteger("new_size", in: 1...Int64(Int32.max))
        VolumeOrder.refusePrepaid(body)
        try body.check()
        let growth = GrowVolume.Growth(volume: try call.volume(), gibibytes: size)
        return Self.accepted(
            try await within("os-extend") { try await growVolume([growth], in: project, caller: caller) })
    }

    @Sendable private func growSeveral(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let body = JSONFields(try call.json())
        let growths = body.objects("volumes", limit: Limits.volumesInRequest).map { fields in
            GrowVolume.Growth(
                volume: VolumeID(fields.requiredString("id")),
                gibibytes: fields.requiredInteger("new_size", in: 1...Int64(Int32.max)))
        }
        try body.check()
        return Self.accepted(
            try await within("volumes") { try await growVolume(growths, in: project, caller: caller) })
    }

    @Sendable private func usage(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let volume = try await showVolume(try call.volume(), in: project, caller: caller)
        let used = try await showVolume.usage(volume.id, in: project, caller: caller)
        return Answer.json(
            .fields(
                ("id", .text(volume.id)), ("capacity_bytes", .whole(volume.capacity << 30)),
                ("used_bytes", .whole(used)), ("message", .string(volume.machine.message))))
    }

    private static func accepted(_ job: VolumeJobID) -> Response {
        Answer.json(.fields(("job_id", .text(job))), status: .accepted)
    }

    /// Names the fields of faults as they stand in the request.
    private func within<Value>(_ path: String, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let fault as Fault {
            throw fault.field == "volume_id" ? fault : fault.within(path)
        } catch let faults as Faults {
            throw Faults(faults.all.map { $0.within(path) })
        }
    }
}

extension Call {
    /// The volume that a route's path names.
    func volume() throws -> VolumeID { VolumeID(try path("volume_id")) }
}
