import Identity
import Kernel
import Platform
import Testing

@Suite struct IdentityRecordsContract {
    @Test(arguments: StoreKind.allCases) func accountsProjectsAndUsersComeBackByName(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        let found = try await test.store.read { transaction throws in
            (
                try transaction.accounts(), try transaction.account(Sample.other.id),
                try transaction.projects(of: Sample.account.id), try transaction.project(Sample.foreign.id),
                try transaction.users(of: Sample.account.id),
                try transaction.user(named: "alice", in: Sample.account.id)
            )
        }
        #expect(found.0 == [Sample.account, Sample.other] && found.1 == Sample.other)
        #expect(found.2 == [Sample.project, Sample.second] && found.3 == Sample.foreign)
        #expect(found.4 == [Sample.user] && found.5 == Sample.user)
    }

    @Test(arguments: StoreKind.allCases) func whatIsNotThereIsNil(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        try await test.store.read { transaction throws in
            #expect(try transaction.account(AccountID("none")) == nil)
            #expect(try transaction.project(ProjectID("none")) == nil)
            #expect(try transaction.user(UserID("none")) == nil)
            #expect(try transaction.user(named: "alice", in: Sample.other.id) == nil)
            #expect(try transaction.accessKey("none") == nil && transaction.token(digest: "none") == nil)
        }
    }

    @Test(arguments: StoreKind.allCases) func everyRoleIsKept(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        for role in Role.allCases {
            let user = User(
                id: UserID(role.rawValue), account: Sample.account.id, name: role.rawValue, passwordHash: "h",
                role: role)
            try await test.store.write { try $0.insert(user) }
            #expect(try await test.store.read { try $0.user(user.id) } == user)
        }
    }

    @Test(arguments: StoreKind.allCases) func keysAndTokensComeBack(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        let keys = [AccessKey.Status.active, .inactive].enumerated().map { index, status in
            AccessKey(
                access: "KEY\(index)", secret: "s\(index)", user: Sample.user.id, status: status,
                description: "d\(index)", created: Instant(milliseconds: Int64(index)))
        }
        let tokens = [Sample.project.id, nil].enumerated().map { index, project in
            Token(digest: "digest-\(index)", for: Sample.user, project: project, issued: Instant(milliseconds: 7))
        }
        try await test.store.write { transaction throws in
            for key in keys { try transaction.insert(key) }
            for token in tokens { try transaction.insert(token) }
        }
        try await test.store.read { transaction throws in
            #expect(try transaction.accessKeys(of: Sample.user.id) == keys)
            #expect(try transaction.accessKey("KEY1") == keys[1])
            for token in tokens { #expect(try transaction.token(digest: token.digest) == token) }
        }
    }

    @Test(arguments: StoreKind.allCases) func anExpiredTokenGoesWhenANewOneComes(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        let old = Token(digest: "old", for: Sample.user, project: nil, issued: Instant(milliseconds: 0))
        let new = Token(digest: "new", for: Sample.user, project: nil, issued: old.expires)
        try await test.store.write { try $0.insert(old) }
        try await test.store.write { try $0.insert(new) }
        #expect(try await test.store.read { try $0.token(digest: "old") } == nil)
        #expect(try await test.store.read { try $0.token(digest: "new") } == new)
    }

    static let duplicates: [(String, @Sendable (any StoreTransaction) throws -> Void)] = [
        ("account id", { try $0.insert(Account(id: Sample.account.id, name: "new")) }),
        ("account name", { try $0.insert(Account(id: AccountID("new"), name: "acme")) }),
        (
            "project name",
            { try $0.insert(Project(id: ProjectID("new"), account: Sample.account.id, name: Sample.project.name)) }
        ),
        (
            "user name",
            {
                let user = Sample.user
                try $0.insert(
                    User(id: UserID("new"), account: user.account, name: user.name, passwordHash: "h", role: .member))
            }
        ),
    ]

    @Test(arguments: StoreKind.allCases, duplicates.map(\.0))
    func aSecondOfTheSameIsAConflict(kind: StoreKind, name: String) async throws {
        let test = try await TestStore.populated(kind)
        let insert = try #require(Self.duplicates.first { $0.0 == name }).1
        let fault = await #expect(throws: Fault.self) { try await test.store.write { try insert($0) } }
        #expect(fault?.code == .conflict)
    }

    @Test(arguments: StoreKind.allCases) func aProjectOfNoAccountIsRefused(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        await #expect(throws: Fault.self) {
            try await test.store.write {
                try $0.insert(Project(id: ProjectID("new"), account: AccountID("none"), name: "lost"))
            }
        }
    }
}
