public import Kernel
public import Wire

extension NotebookDefinition {
    /// Gigabytes that a notebook's volume may have (ModelArts: 5 to 4,096).
    public static let volumeGigabytes: ClosedRange<Int64> = 5...4_096

    /// Reads `NotebookCreateRequest`; throws everything that is wrong with it.
    public init(json: JSONValue) throws(Faults) {
        let fields = JSONFields(json)
        let name = Self.name(fields, isRequired: true)
        let description = fields.string("description", characters: 0...Limits.notebookDescriptionCharacters)
        if fields.value("custom_spec") != nil {
            fields.refuse("custom_spec", "Sizes of one's own are not offered; choose a flavor of the list.")
        }
        let flavor = fields.requiredString("flavor")
        let image = fields.requiredString("image_id")
        Self.refuseWhatIsNotOffered(fields)
        let feature = fields.string("feature") ?? "NOTEBOOK"
        if feature != "NOTEBOOK" {
            fields.refuse("feature", "NOTEBOOK is the one feature here; the free CodeLab (DEFAULT) is not offered.")
        }
        let gigabytes = Self.volume(fields.requiredObject("volume"))
        // A duration beside the lease is the older form of the same.
        let lease = LeaseWish(json: fields.object("lease"), duration: Self.duration(fields))
        let workspace = fields.string("workspace_id", characters: 0...Limits.workspaceCharacters)
        let pool = PoolID(fields, "pool_id")
        try fields.check()
        self.init(
            name: name ?? "", description: description ?? "", flavor: Identifier(flavor), image: image,
            workspace: workspace ?? "0", pool: pool, volumeGigabytes: gigabytes, lease: lease)
    }

    fileprivate static func name(_ fields: JSONFields, isRequired: Bool) -> String? {
        let name =
            isRequired
            ? fields.requiredString("name", characters: 1...Limits.notebookNameCharacters)
            : fields.string("name", characters: 1...Limits.notebookNameCharacters)
        let isPlain = name?.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || "-_".utf8.contains(byte)
        }
        if isPlain == false { fields.refuse("name", "A name has letters, digits, hyphens and underscores.") }
        return name
    }

    private static func refuseWhatIsNotOffered(_ fields: JSONFields) {
        for key in ["hooks", "affinity", "user_vpc", "public_network_config", "run_user"]
        where fields.value(key) != nil {
            fields.refuse(key, "This is not offered here; leave the field out.")
        }
        if let volumes = fields.value("data_volumes")?.array, !volumes.isEmpty {
            fields.refuse("data_volumes", "A notebook has one volume here; leave the field out.")
        }
        refuseRemoteShell(fields)
    }

    fileprivate static func refuseRemoteShell(_ fields: JSONFields) {
        for endpoint in fields.objects("endpoints", limit: 10) where endpoint.string("service") == "SSH" {
            endpoint.refuse("service", "Remote SSH is not offered here; JupyterLab has a terminal.")
        }
    }

    private static func volume(_ volume: JSONFields) -> Int64 {
        let category = volume.requiredString("category")
        if !category.isEmpty, category != "EVS" {
            volume.refuse("category", "EVS is the one category of volumes here, not \(category).")
        }
        let ownership = volume.string("ownership") ?? "MANAGED"
        if ownership != "MANAGED" {
            volume.refuse("ownership", "An EVS volume of a notebook is MANAGED, not \(ownership).")
        }
        return volume.integer("capacity", in: volumeGigabytes) ?? volumeGigabytes.lowerBound
    }

    private static func duration(_ fields: JSONFields) -> Int64? {
        fields.integer("duration", in: NotebookLease.durations)
    }
}

extension NotebookDefinition.LeaseWish {
    /// Reads `LeaseReq`; an absent one is an hour from the start on.
    public init(json fields: JSONFields?, duration: Int64? = nil) {
        self.init()
        self.duration = fields?.integer("duration", in: NotebookLease.durations) ?? duration ?? self.duration
        guard let fields, let text = fields.string("type") else { return }
        if let kind = NotebookLease.Kind(name: text) {
            self.kind = kind
        } else {
            fields.refuse("type", "A lease is of type TIMING or IDLE, not \(text).")
        }
    }
}

extension NotebookLease.Kind {
    /// The kind of a name, whatever its case: documents of ModelArts write both.
    public init?(name: String) { self.init(rawValue: name.uppercased()) }
}

extension NotebookChange {
    /// Reads `NotebookUpdateRequest`; throws everything that is wrong with it.
    public init(json: JSONValue) throws(Faults) {
        let fields = JSONFields(json)
        self.init(
            name: NotebookDefinition.name(fields, isRequired: false),
            description: fields.string("description", characters: 0...Limits.notebookDescriptionCharacters),
            flavor: fields.string("flavor", characters: 1...Limits.priceBookIDCharacters).map { Identifier($0) },
            image: fields.string("image_id", characters: 1...Limits.priceBookIDCharacters),
            volumeGigabytes: fields.integer("storage_new_size", in: NotebookDefinition.volumeGigabytes))
        for key in ["custom_spec", "hooks", "affinity", "dew_secret_name", "public_network_config"]
        where fields.value(key) != nil {
            fields.refuse(key, "This is not offered here; leave the field out.")
        }
        if let volumes = fields.value("data_volumes")?.array, !volumes.isEmpty {
            fields.refuse("data_volumes", "A notebook has one volume here; leave the field out.")
        }
        NotebookDefinition.refuseRemoteShell(fields)
        try fields.check()
    }
}
