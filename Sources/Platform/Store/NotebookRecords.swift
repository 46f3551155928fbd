public import Identity
public import Kernel
public import Workloads

/// Notebooks and their place on the pool.
public protocol NotebookRecords {
    func insert(_ notebook: Notebook) throws
    /// Writes everything that can change of a notebook.
    func update(_ notebook: Notebook) throws
    /// A notebook by id alone, deleted or not.
    func notebook(_ id: NotebookID) throws -> Notebook?
    /// The notebook whose present or last run an attempt is.
    func notebook(attempt: AttemptID) throws -> Notebook?
    /// The notebook that a volume belongs to, deleted or not.
    func notebook(volume: VolumeID) throws -> Notebook?
    func notebooks(_ query: NotebookQuery) throws -> Page<Notebook>
    /// Notebooks in any of these steps, the oldest first; deleted ones are never among them.
    func notebooks(inSteps steps: [NotebookMachine.Step]) throws -> [Notebook]
    /// How many notebooks of a project are not deleted.
    func notebookCount(in project: ProjectID) throws -> Int
}

/// Which notebooks are wanted; nil means any.
public struct NotebookQuery: Hashable, Sendable {
    public var project: ProjectID
    /// Text that the name must contain.
    public var nameContains: String?
    public var descriptionContains: String?
    public var id: NotebookID?
    public var statuses: [NotebookMachine.Status]?
    public var user: UserID?
    public var userName: String?
    public var flavor: String?
    public var image: String?
    public var workspace: String?
    public var order: Order
    public var isAscending: Bool
    public var page: PageRequest

    /// What a list is sorted by.
    public enum Order: String, Hashable, Sendable, CaseIterable { case created, updated, name, status }

    public init(
        project: ProjectID, nameContains: String? = nil, descriptionContains: String? = nil, id: NotebookID? = nil,
        statuses: [NotebookMachine.Status]? = nil, user: UserID? = nil, userName: String? = nil,
        flavor: String? = nil, image: String? = nil, workspace: String? = nil, order: Order = .created,
        isAscending: Bool = false, page: PageRequest
    ) {
        self.project = project
        self.nameContains = nameContains
        self.descriptionContains = descriptionContains
        self.id = id
        self.statuses = statuses
        self.user = user
        self.userName = userName
        self.flavor = flavor
        self.image = image
        self.workspace = workspace
        self.order = order
        self.isAscending = isAscending
        self.page = page
    }
}
