import Identity
import Kernel
import Testing

/// Who may do what to whose things (law 10).
@Suite struct AccessTests {
    private let home = AccountID("home")
    private let away = AccountID("away")
    private let first = ProjectID("first")
    private let second = ProjectID("second")

    private func caller(_ role: Role, project: ProjectID? = nil) -> Caller {
        Caller(account: home, user: UserID("u"), role: role, project: project, requestID: "r")
    }

    @Test(arguments: [
        (Role.viewer, [Permission.read]),
        (.member, [.read, .write]),
        (.administrator, [.read, .write, .administer]),
        (.operator, [.read, .write, .administer, .operate]),
    ])
    func rolesAllowAtHome(_ role: Role, _ allowed: [Permission]) {
        for permission in Permission.allCases {
            let scope = Scope(account: home, project: first)
            #expect(caller(role).may(permission, in: scope) == allowed.contains(permission), "\(permission)")
            #expect((fault { try caller(role).require(permission, in: scope) } == nil) == allowed.contains(permission))
        }
    }

    @Test(arguments: Role.allCases)
    func nobodyReachesAnotherAccountButToOperate(_ role: Role) {
        for permission in Permission.allCases {
            let isAllowed = role == .operator && permission == .operate
            #expect(caller(role).may(permission, in: Scope(account: away)) == isAllowed)
            #expect(caller(role).may(permission, in: Scope(account: away, project: first)) == isAllowed)
        }
    }

    @Test func credentialsOfOneProjectStayInIt() {
        let caller = caller(.administrator, project: first)
        #expect(caller.may(.write, in: Scope(account: home, project: first)))
        #expect(caller.may(.read, in: Scope(account: home)))
        #expect(!caller.may(.read, in: Scope(account: home, project: second)))
    }

    @Test func anothersProjectReadsLikeNone() {
        let refused = fault { try caller(.member).require(.read, in: Scope(account: away, project: second)) }
        #expect(refused == Scope.foreign(second))
        #expect(refused?.code == .forbidden)
    }

    @Test func tokensEndAtTheirMoment() {
        let user = User(id: UserID("u"), account: home, name: "n", passwordHash: "", role: .member)
        let token = Token(digest: "d", for: user, project: nil, issued: Instant(milliseconds: 5))
        let end = Limits.tokenSeconds * 1_000 + 5
        #expect(fault { try token.requireValid(at: Instant(milliseconds: end - 1)) } == nil)
        #expect(fault { try token.requireValid(at: Instant(milliseconds: end)) }?.code == .invalidToken)
    }

    @Test func inactiveKeysDoNotSign() {
        let key = AccessKey(
            access: "A", secret: "s", user: UserID("u"), status: .inactive, created: Instant(milliseconds: 0))
        #expect(fault { try key.requireActive() }?.code == .invalidSignature)
    }
}
