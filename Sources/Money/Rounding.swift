/// How a quotient becomes a whole number; named at every division of money.
public enum Rounding: String, Sendable {
    /// Towards zero: what bills call truncation.
    case towardZero
    /// Away from zero.
    case awayFromZero
    /// To the nearest, halves away from zero.
    case halfUp
    /// To the nearest, halves to the even neighbour.
    case halfEven

    /// The quotient of two whole numbers, rounded this way; the divisor is positive.
    public func quotient(_ dividend: Int128, _ divisor: Int128) -> Int128 {
        precondition(divisor > 0, "money is divided by positive numbers only")
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        guard remainder != 0 else { return quotient }
        let away: Int128 = dividend < 0 ? quotient - 1 : quotient + 1
        let twice = remainder.magnitude * 2
        switch self {
        case .towardZero: return quotient
        case .awayFromZero: return away
        case .halfUp: return twice >= divisor.magnitude ? away : quotient
        case .halfEven:
            if twice == divisor.magnitude { return quotient.isMultiple(of: 2) ? quotient : away }
            return twice > divisor.magnitude ? away : quotient
        }
    }
}
