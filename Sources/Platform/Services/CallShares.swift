import Kernel
import Workloads

/// Shares calls out: among models by their weights, so that any hundred calls in a row are split exactly; among the
/// instances of one model to the one that answers the fewest. Used under its owner's lock alone.
struct CallShares {
    private var versions: [Version] = []
    private var turns = WeightedTurns([])
    /// Those that get no new calls and have not answered all they have.
    private var leaving: [Place] = []

    /// An instance that gets calls.
    final class Place: @unchecked Sendable {
        let attempt: AttemptID
        let model: ModelID
        let upstream: Upstream
        /// Calls that it is answering; changed under the owner's lock alone.
        var open: Int64 = 0
        /// When it last answered a call.
        var answeredAt: Instant?

        init(_ attempt: AttemptID, _ model: ModelID, _ upstream: Upstream) {
            self.attempt = attempt
            self.model = model
            self.upstream = upstream
        }
    }

    private struct Version {
        let run: ServiceConfig.Run
        var places: [Place]
        /// The place behind the one that was chosen last, so that equals take turns.
        var turn = 0

        /// The place that answers the fewest; equals take turns.
        mutating func next() -> Place {
            let count = places.count
            var best = turn % count
            for step in 0..<count {
                let index = (turn + step) % count
                if places[index].open < places[best].open { best = index }
            }
            turn = (best + 1) % count
            return places[best]
        }
    }

    /// Takes the present versions, keeping what is known of those that were there before.
    mutating func replace(_ present: [(run: ServiceConfig.Run, weight: Int64, places: [(AttemptID, Upstream)])]) {
        let known = Dictionary(
            (versions.flatMap(\.places) + leaving).map { ($0.attempt, $0) }, uniquingKeysWith: { first, _ in first })
        let isSame = present.map(\.run) == versions.map(\.run) && present.map(\.weight) == turns.weights
        if !isSame { turns = WeightedTurns(present.map(\.weight)) }
        versions = present.map { version in
            Version(
                run: version.run,
                places: version.places.map { known[$0.0] ?? Place($0.0, ModelID(version.run.model), $0.1) })
        }
        let staying = Set(versions.flatMap(\.places).map(\.attempt))
        leaving = known.values.filter { !staying.contains($0.attempt) && $0.open > 0 }
    }

    /// The place of the next call, and others for it where that one cannot be reached.
    mutating func next() -> (place: Place, others: [Upstream])? {
        // Where nothing that has a share is ready, whatever is ready answers.
        guard
            let index = turns.next(isPresent: { !versions[$0].places.isEmpty })
                ?? versions.indices.first(where: { !versions[$0].places.isEmpty })
        else { return nil }
        let place = versions[index].next()
        place.open += 1
        return (place, versions[index].places.filter { $0 !== place }.map(\.upstream))
    }

    /// Calls that the instances of a model are answering, those that are leaving among them.
    func open(of model: ModelID) -> Int64 {
        (versions.flatMap(\.places) + leaving).filter { $0.model == model }.reduce(0) { $0 + $1.open }
    }

    func place(of attempt: AttemptID) -> Place? {
        (versions.flatMap(\.places) + leaving).first { $0.attempt == attempt }
    }
}
