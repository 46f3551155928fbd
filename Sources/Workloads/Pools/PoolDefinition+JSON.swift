public import Kernel
import Pricing
public import Wire

extension PoolDefinition {
    /// Reads `CreatePoolRequestBody`; throws everything that is wrong with it.
    ///
    /// Volumes, drivers and operating systems of nodes are the machine's own here and are passed over; what would
    /// change the bill and is not offered (terms in advance) is refused.
    public init(json: JSONValue) throws(Faults) {
        let fields = JSONFields(json)
        PoolFields.refuseForeign(fields)
        let metadata = fields.requiredObject("metadata")
        let spec = fields.requiredObject("spec")
        let labels = metadata.requiredObject("labels")
        let annotations = metadata.object("annotations")
        let mode = annotations?.string("os.modelarts/billing.mode") ?? "0"
        if mode != "0" {
            annotations?.refuse(
                "os.modelarts/billing.mode", "Pools are pay-per-use (\"0\") here so far; \"\(mode)\" is not offered.")
        }
        if let type = spec.string("type"), type != "Dedicate" {
            spec.refuse("type", "Pools that can be made are of type Dedicate, not \(type).")
        }
        let resources = spec.objects("resources", limit: Limits.poolFlavors)
        if resources.count != 1 {
            spec.refuse(
                "resources", "A pool has nodes of one flavor here; name one, not \(resources.count).",
                code: resources.isEmpty ? .missingParameter : .invalidParameter)
        }
        self.init(
            // Source: `os.modelarts/name` of ModelArts, 4 to 30 characters.
            name: labels.requiredSmallName("os.modelarts/name", characters: 4...30),
            description: annotations?.string("os.modelarts/description", characters: 0...Limits.descriptionCharacters)
                ?? "",
            workspace: labels.string("os.modelarts/workspace.id", characters: 0...Limits.workspaceCharacters) ?? "0",
            scopes: PoolFields.scopes(spec) ?? PoolScope.allCases,
            flavor: Identifier(
                resources.first?.requiredString("flavor", characters: 1...Limits.priceBookIDCharacters) ?? ""),
            nodes: resources.first?.requiredInteger("count", in: 1...Limits.poolNodes) ?? 0,
            network: spec.object("network")?.string("name", characters: 0...Limits.poolNetworkCharacters) ?? "")
        try fields.check()
    }
}

extension PoolChange {
    /// Reads `PoolUpdateRequest`; throws everything that is wrong with it.
    ///
    /// - Parameter flavor: what the pool's nodes are, which does not change.
    public init(json: JSONValue, flavor: String) throws(Faults) {
        let fields = JSONFields(json)
        PoolFields.refuseForeign(fields)
        let annotations = fields.object("metadata")?.object("annotations")
        let spec = fields.object("spec")
        self.init(
            description: annotations?.string(
                "os.modelarts/description", characters: 0...Limits.descriptionCharacters),
            scopes: spec.flatMap(PoolFields.scopes))
        if let spec, spec.value("resources") != nil {
            let resources = spec.objects("resources", limit: Limits.poolFlavors)
            for resource in resources {
                let asked = resource.requiredString("flavor", characters: 1...Limits.priceBookIDCharacters)
                if !asked.isEmpty, asked != flavor {
                    resource.refuse("flavor", "The nodes of this pool are \(flavor); make another pool for \(asked).")
                }
                nodes = resource.requiredInteger("count", in: 1...Limits.poolNodes)
            }
            if resources.count != 1 { spec.refuse("resources", "A pool has nodes of one flavor here; name it once.") }
        }
        try fields.check()
    }
}

extension Identifier where Entity == PoolDefinition {
    /// The pool that a field names; nil where it is empty, not there, or `public`, for the public pool.
    init?(_ fields: JSONFields, _ key: String) {
        guard let text = fields.string(key, characters: 0...Limits.poolIDCharacters), !text.isEmpty,
            text != PoolRoom.publicName
        else { return nil }
        self.init(text)
    }
}

/// What requests of pools have in common.
private enum PoolFields {
    static func refuseForeign(_ fields: JSONFields) {
        if let kind = fields.string("kind"), kind != "Pool" {
            fields.refuse("kind", "Pool was expected, not \(kind).")
        }
    }

    /// Nil where nothing is said.
    static func scopes(_ spec: JSONFields) -> [PoolScope]? {
        guard spec.value("scope") != nil else { return nil }
        let names = spec.strings("scope", limit: PoolScope.allCases.count)
        let known = names.compactMap(PoolScope.init)
        if known.count < names.count || names.isEmpty {
            let all = PoolScope.allCases.map(\.rawValue).joined(separator: ", ")
            spec.refuse("scope", "A pool is for some of \(all).")
        }
        return PoolScope.allCases.filter(known.contains)
    }
}
