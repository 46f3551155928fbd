/// Whose turn it is, by weights: smooth weighted round robin, as nginx does it.
///
/// Each one's credit grows by its weight, the greatest gets the turn and pays the sum of all. The turns repeat after as
/// many as the weights sum to, so any hundred in a row of weights that sum to 100 are split exactly.
public struct WeightedTurns: Hashable, Sendable {
    public let weights: [Int64]
    private var credits: [Int64]

    public init(_ weights: [Int64]) {
        self.weights = weights
        credits = weights.map { _ in 0 }
    }

    /// The place of whose turn it is; nil where nobody who is present has a weight.
    ///
    /// - Parameter isPresent: who is not is passed over, and the others share its turns by their own weights.
    public mutating func next(isPresent: (Int) -> Bool) -> Int? {
        var chosen: Int?
        var sum: Int64 = 0
        for place in weights.indices where weights[place] > 0 && isPresent(place) {
            sum += weights[place]
            credits[place] += weights[place]
            if chosen.map({ credits[place] > credits[$0] }) ?? true { chosen = place }
        }
        if let chosen { credits[chosen] -= sum }
        return chosen
    }
}
