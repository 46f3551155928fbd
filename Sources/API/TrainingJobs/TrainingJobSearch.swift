import Identity
import Kernel
import Platform
import Wire
import Workloads

/// A search of jobs as `ListTrainingJobs` asks it.
struct TrainingJobSearch: Sendable {
    private(set) var query: TrainingJobQuery
    /// The page's index: the wire counts pages here, not records.
    let offset: Int64
    let limit: Int64

    init(json: JSONValue, project: ProjectID) throws {
        let fields = JSONFields(json)
        limit = fields.integer("limit", in: 1...Int64(Limits.searchPage)) ?? Int64(Limits.searchPage)
        offset = fields.integer("offset", in: 0...Int64(Int32.max)) ?? 0
        query = TrainingJobQuery(
            project: project, page: PageRequest(offset: Int(offset * limit), limit: Int(limit)))
        let key = fields.string("sort_by") ?? "create_time"
        if !["create_time", "name", ""].contains(key) {
            fields.refuse("sort_by", "Jobs are sorted by create_time or by name.")
        }
        query.isSortedByName = key == "name"
        let order = fields.string("order") ?? "desc"
        if !["asc", "desc", ""].contains(order) { fields.refuse("order", "The order is asc or desc.") }
        query.isAscending = order == "asc"
        for filter in fields.objects("filters", limit: Limits.searchFilters) { narrow(by: filter) }
        try fields.check()
    }

    private mutating func narrow(by filter: JSONFields) {
        let key = filter.requiredString("key")
        let comparison = filter.string("operator") ?? "in"
        let values = filter.strings("value", limit: Limits.searchValues)
        switch (key, comparison) {
        case ("name", "like"): query.nameContains = values.first
        case ("id", "in"): query.ids = values.map { TrainingJobID($0) }
        case ("phase", "in"), ("status", "in"): query.phases = phases(values, filter)
        case ("user_name", "in") where values.count == 1: query.user = values[0]
        case ("flavor_id", "in") where values.count == 1: query.flavor = values[0]
        case ("create_time", "between") where values.count == 2: between(values, filter)
        default:
            filter.refuse(
                "key",
                "Jobs are narrowed by name (like), id (in), phase (in), create_time (between two times in "
                    + "milliseconds), user_name or flavor_id (in, one value).")
        }
    }

    private func phases(_ names: [String], _ filter: JSONFields) -> [TrainingJobMachine.Phase] {
        names.compactMap { name in
            let phase = TrainingJobMachine.Phase(rawValue: name)
            if phase == nil {
                let known = TrainingJobMachine.Phase.allCases.map(\.rawValue).joined(separator: ", ")
                filter.refuse("value", "There is no phase \(name.prefix(40)); there are \(known).")
            }
            return phase
        }
    }

    private mutating func between(_ bounds: [String], _ filter: JSONFields) {
        guard let after = Int64(bounds[0]), let before = Int64(bounds[1]) else {
            filter.refuse("value", "Times are whole numbers of milliseconds since 1970.")
            return
        }
        query.createdAfter = Instant(milliseconds: after)
        query.createdBefore = Instant(milliseconds: before)
    }
}
