/// The life of a volume without I/O: events in, actions out.
///
/// It is total: an event that comes late or twice changes nothing and asks for nothing. States are those that the EVS
/// reference lists for a volume, as far as a volume here can be in them.
public struct VolumeMachine: Hashable, Sendable {
    public private(set) var state: State
    /// Whether a notebook has it, or will have it as soon as what is going on allows.
    public private(set) var isAttached: Bool
    /// Whether it is there for its notebook to read and write.
    public private(set) var isMounted: Bool
    /// Whether it goes as soon as what is going on allows.
    public private(set) var isDeletionWanted: Bool
    /// What went wrong last, for people; empty where nothing did.
    public private(set) var message: String

    public init(
        state: State = .creating, isAttached: Bool = false, isMounted: Bool = false, isDeletionWanted: Bool = false,
        message: String = ""
    ) {
        self.state = state
        self.isAttached = isAttached
        self.isMounted = isMounted
        self.isDeletionWanted = isDeletionWanted
        self.message = message
    }

    public enum State: String, Hashable, Sendable, CaseIterable {
        case creating
        case available
        case attaching
        case inUse = "in-use"
        case detaching
        case extending
        /// It could not be created: it holds nothing and costs nothing.
        case error
        /// It could not grow: it is as large as it was, and may be grown again.
        case errorExtending = "error_extending"
        case deleting
        /// It could not be removed: it costs nothing, and may be deleted again.
        case errorDeleting = "error_deleting"
        /// Nothing is left of it; no list shows it.
        case deleted
    }

    public enum Event: Hashable, Sendable {
        case created
        case creationFailed(String)
        case attachRequested
        case mounted
        case mountFailed(String)
        case detachRequested
        case unmounted
        case unmountFailed(String)
        case growRequested
        case grown
        case growthFailed(String)
        case deleteRequested
        case removed
        case removalFailed(String)
    }

    public enum Action: Hashable, Sendable { case create, mount, unmount, grow, remove }

    /// Takes an event; gives what is to be done now.
    public mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .created: return state == .creating ? settle() : []
        case .creationFailed(let message):
            guard state == .creating else { return [] }
            if isDeletionWanted { return settle() }
            isAttached = false
            return fail(.error, message)
        case .attachRequested: return attach()
        case .mounted:
            guard state == .attaching else { return [] }
            isMounted = true
            return settle()
        case .mountFailed(let message):
            guard state == .attaching else { return [] }
            isAttached = false
            return settle(after: message)
        case .detachRequested: return detach()
        case .unmounted:
            guard state == .detaching else { return [] }
            isMounted = false
            return settle()
        case .unmountFailed(let message):
            guard state == .detaching else { return [] }
            isAttached = true
            return settle(after: message)
        case .growRequested:
            guard [.available, .inUse, .errorExtending].contains(state), !isDeletionWanted else { return [] }
            return go(to: .extending, then: [.grow])
        case .grown: return state == .extending ? settle() : []
        case .growthFailed(let message):
            guard state == .extending else { return [] }
            if isDeletionWanted { return settle() }
            return fail(.errorExtending, message)
        case .deleteRequested: return delete()
        case .removed:
            guard state == .deleting else { return [] }
            isMounted = false
            return go(to: .deleted, then: [])
        case .removalFailed(let message): return state == .deleting ? fail(.errorDeleting, message) : []
        }
    }

    /// Whether it costs money: from the moment it is there until its deletion is asked for.
    public var isBilled: Bool {
        switch state {
        case .available, .attaching, .inUse, .detaching, .extending, .errorExtending: !isDeletionWanted
        case .creating, .error, .deleting, .errorDeleting, .deleted: false
        }
    }

    /// Whether somebody has it, is given it, or is not rid of it yet.
    public var hasOwner: Bool {
        switch state {
        case .error, .deleting, .errorDeleting, .deleted: false
        case .attaching: true
        case .creating, .available, .inUse, .detaching, .extending, .errorExtending: isAttached || isMounted
        }
    }

    /// What to do again after the server was away: every act may be repeated.
    public var resumption: [Action] {
        switch state {
        case .creating: [.create]
        case .attaching, .inUse: [.mount]
        case .detaching: [.unmount]
        case .extending: [.grow]
        case .deleting: [.remove]
        // One that could not grow may be in use all the same.
        case .errorExtending: isMounted ? [.mount] : []
        case .available, .error, .errorDeleting, .deleted: []
        }
    }

    private mutating func attach() -> [Action] {
        switch state {
        // Once what is going on is over.
        case .creating where !isDeletionWanted, .detaching where !isDeletionWanted, .extending where !isDeletionWanted:
            isAttached = true
            return []
        case .available:
            isAttached = true
            return go(to: .attaching, then: [.mount])
        default: return []
        }
    }

    private mutating func detach() -> [Action] {
        guard isAttached else { return [] }
        switch state {
        case .creating, .attaching, .extending:
            isAttached = false
            return []
        case .inUse, .errorExtending:
            isAttached = false
            return go(to: .detaching, then: [.unmount])
        default: return []
        }
    }

    private mutating func delete() -> [Action] {
        switch state {
        case .available, .inUse, .error, .errorExtending, .errorDeleting:
            isAttached = false
            return go(to: .deleting, then: [.remove])
        case .creating, .attaching, .detaching, .extending:
            isDeletionWanted = true
            return []
        case .deleting, .deleted: return []
        }
    }

    /// Goes on to what is wanted now that an act is over.
    private mutating func settle(after message: String = "") -> [Action] {
        self.message = message
        if isDeletionWanted {
            isAttached = false
            return go(to: .deleting, then: [.remove])
        }
        switch (isMounted, isAttached) {
        case (true, true): return go(to: .inUse, then: [])
        case (true, false): return go(to: .detaching, then: [.unmount])
        case (false, true): return go(to: .attaching, then: [.mount])
        case (false, false): return go(to: .available, then: [])
        }
    }

    private mutating func fail(_ state: State, _ message: String) -> [Action] {
        self.message = message
        return go(to: state, then: [])
    }

    private mutating func go(to state: State, then actions: [Action]) -> [Action] {
        self.state = state
        return actions
    }
}
