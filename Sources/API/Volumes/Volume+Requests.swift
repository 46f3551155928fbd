import Identity
import Kernel
import Metering
import Platform
import Pricing
import Wire
import Workloads

/// A request for volumes, as EVS's clients send it.
struct VolumeOrder {
    let wish: VolumeWish
    let count: Int

    /// Reads the body of `CreateVolume`; everything that is wrong with it is told at once.
    ///
    /// - Parameter zone: the one availability zone that there is.
    init(json: JSONValue, zone: String) throws(Faults) {
        let body = JSONFields(json)
        let volume = body.requiredObject("volume")
        let size = volume.requiredInteger("size", in: 1...Int64(Int32.max))
        let named = volume.requiredString("availability_zone")
        if !named.isEmpty, named != zone { volume.refuse("availability_zone", "The one zone here is \(zone).") }
        wish = VolumeWish(
            name: volume.string("name") ?? "", description: volume.string("description") ?? "",
            type: FlavorID(volume.requiredString("volume_type")), capacity: size,
            metadata: volume.stringMap("metadata", limit: Limits.volumeMetadata).map {
                NamedText(name: $0.key, value: $0.value)
            })
        count = Int(volume.integer("count", in: 1...Int64(Limits.volumesInRequest)) ?? 1)
        if volume.bool("multiattach") == true {
            volume.refuse("multiattach", "A volume has one user at a time here.")
        }
        for source in ["backup_id", "snapshot_id", "imageRef"] where volume.value(source) != nil {
            volume.refuse(source, "A volume begins empty here.")
        }
        for limit in ["iops", "throughput"] where volume.value(limit) != nil {
            volume.refuse(limit, "No type of volume here is sold by \(limit).")
        }
        if body.value("server_id") != nil {
            body.refuse("server_id", "A volume is attached by the notebook that it belongs to.")
        }
        Self.refusePrepaid(body)
        try body.check()
    }

    /// Volumes are paid per use.
    static func refusePrepaid(_ body: JSONFields) {
        let payment = body.object("bssParam")
        if let mode = payment?.string("chargingMode"), mode != "postPaid" {
            payment?.refuse("chargingMode", "Volumes are paid per use here: postPaid.")
        }
    }
}

extension VolumeQuery {
    /// Reads the query of `ListVolumes`; nil where it asks for what no volume here is.
    init?(_ query: Query, project: Project) throws {
        for name in ["metadata", "not_metadata"] where query.text(name) != nil {
            throw Fault(.invalidParameter, "Volumes are not searched by metadata here.", field: name)
        }
        let page = try query.page(limit: Limits.greatestListPage, atMost: Limits.greatestListPage)
        let order = try Self.order(query.text("sort_key"))
        self.init(
            project: project.id, ids: try Self.ids(query), nameContains: query.text("name"),
            type: query.text("volume_type_id").map { FlavorID($0) }, zone: query.text("availability_zone"),
            attachment: query.text("server_id").map { ResourceID($0) },
            after: query.text("marker").map { VolumeID($0) }, order: order,
            isAscending: query.text("sort_dir") == "asc", page: page)
        if let status = query.text("status") {
            guard let state = VolumeMachine.State(rawValue: status), state != .deleted else { return nil }
            self.state = state
        }
        let isOther =
            try query.flag("multiattach") == true || query.text("dedicated_storage_id") != nil
            || query.text("dedicated_storage_name") != nil || query.text("service_type").map { $0 != "EVS" } == true
        if isOther { return nil }
    }

    private static func order(_ text: String?) throws(Fault) -> Order {
        guard let text else { return .creation }
        guard let order = Order(rawValue: text), order != .name else {
            throw Fault(.invalidParameter, "sort_key is id, status, size or created_at.", field: "sort_key")
        }
        return order
    }

    /// `ids=['a','b']` goes before `id=a`.
    private static func ids(_ query: Query) throws(Fault) -> [VolumeID]? {
        guard let list = query.text("ids") else { return query.text("id").map { [VolumeID($0)] } }
        let names = list.split { "[]'\", ".contains($0) }
        guard names.count <= Limits.searchValues else {
            throw Fault(.invalidParameter, "ids takes at most \(Limits.searchValues) ids.", field: "ids")
        }
        return names.map { VolumeID(String($0)) }
    }
}

extension Fault {
    /// The fault with its field as the caller wrote it, below another.
    func within(_ path: String) -> Fault {
        Fault(code, message, field: field.map { $0.hasPrefix("X-") ? $0 : "\(path).\($0)" })
    }
}
