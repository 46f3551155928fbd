import Kernel
import Platform
import Wire
import Workloads

extension Volume {
    /// The volume as EVS shows it. Everything is text that EVS writes as text, `"false"` among it.
    ///
    /// - Parameter origin: where the caller reached the server, for the link.
    func json(origin: String) -> JSONValue {
        .fields(
            ("id", .text(id)), ("links", .array([link(origin)])), ("name", .string(name)),
            ("status", .string(machine.state.rawValue)), ("attachments", .array(attachments)),
            ("availability_zone", .string(zone)), ("os-vol-host-attr:host", .text("")), ("snapshot_id", .text("")),
            ("description", .string(description)), ("created_at", .microseconds(createdAt)),
            ("os-vol-tenant-attr:tenant_id", .text(project)), ("volume_image_metadata", .fields()),
            ("volume_type", .text(type)), ("size", .whole(capacity)), ("bootable", .text("false")),
            ("metadata", .object(JSONObject(metadata.map { (name: $0.name, value: .string($0.value)) }))),
            ("updated_at", .microseconds(updatedAt)), ("encrypted", .bool(false)), ("replication_status", .text("")),
            ("os-volume-replication:extended_status", .text("")), ("os-vol-mig-status-attr:migstat", .text("")),
            ("os-vol-mig-status-attr:name_id", .text("")), ("shareable", .text("false")),
            ("user_id", .string(userName)), ("service_type", .text("EVS")), ("multiattach", .bool(false)),
            ("tags", .fields()), ("enterprise_project_id", .text("0")))
    }

    private func link(_ origin: String) -> JSONValue {
        .fields(("href", .text("\(origin)/v2/\(project)/cloudvolumes/\(id)")), ("rel", .text("self")))
    }

    private var attachments: [JSONValue] {
        guard let attachment else { return [] }
        return [
            .fields(
                ("attached_at", attachedAt.map { .microseconds($0) }), ("attachment_id", .text(id)),
                ("device", .text("")), ("host_name", .text("")), ("id", .text(id)), ("server_id", .text(attachment)),
                ("volume_id", .text(id)))
        ]
    }
}

extension VolumeJobReport {
    /// The job as EVS shows it, with a job for each volume where it is for several.
    var json: JSONValue {
        .fields(
            ("status", .text(status.rawValue)), ("entities", entities), ("job_id", .text(job.id)),
            ("job_type", .text(job.kind.rawValue)), ("begin_time", .text(job.begunAt.thousandths)),
            ("end_time", .text(endedAt?.thousandths ?? "")),
            ("error_code", .text(failure == nil ? "" : "EVS.\(FaultCode.unavailable.status)")),
            ("fail_reason", .string(failure ?? "")))
    }

    private var entities: JSONValue {
        if !parts.isEmpty { return .fields(("sub_jobs", .array(parts.map(\.json)))) }
        return .fields(
            ("volume_type", volume.map { .text($0.type) }), ("size", volume.map { .whole($0.wantedCapacity) }),
            ("volume_id", volume.map { .text($0.id) }), ("name", volume.map { .string($0.name) }))
    }
}

extension Instant {
    /// ISO 8601 in UTC to the thousandth of a second, `2026-03-01T08:00:00.000Z`.
    var thousandths: String { "\(CivilTime(second, offset: 0).text).\(fraction)Z" }

    fileprivate var fraction: String {
        let rest = String(milliseconds - second.value * 1_000)
        return String(repeating: "0", count: 3 - rest.utf8.count) + rest
    }
}

extension JSONValue {
    /// A moment as EVS writes it, `2026-03-01T08:00:00.000000`, in UTC.
    static func microseconds(_ instant: Instant) -> JSONValue {
        .text("\(CivilTime(instant.second, offset: 0).text).\(instant.fraction)000")
    }
}
