public import Identity
import Kernel
import Synchronization

/// Finds out who sends a request: by its signature or by its token. Nothing else passes.
public final class Authenticate: Sendable {
    private let ports: Ports
    private let known = Mutex<[String: Known]>([:])
    private let bearers = Mutex<[String: Bearer]>([:])

    /// Keys kept in memory; beyond it the cache starts anew.
    private static let cachedKeys = 10_000
    /// How long a key is trusted without a look into the store.
    private static let trustMilliseconds: Int64 = 5_000

    private struct Known: Sendable {
        let key: AccessKey
        let user: User
        let until: Instant
    }

    private struct Bearer: Sendable {
        let token: Token
        let user: User
        let until: Instant
    }

    public init(_ ports: Ports) { self.ports = ports }

    /// The caller behind a signed request.
    ///
    /// Its date is held against the host's clock: a simulated one is nothing that clients know.
    public func signed(
        authorization: String, request: SignedRequest, requestID: String
    ) async throws -> (caller: Caller, body: RequestSignature.Body) {
        let signature = try RequestSignature(authorization: authorization)
        let now = ports.hostClock.now()
        let known = try await self.known(signature.access, at: now)
        try known.key.requireActive()
        let body = try signature.verify(
            request, secret: known.key.secret, digests: ports.secrets.digests, now: now)
        return (Caller(known.user, requestID: requestID), body)
    }

    /// Refuses what cannot be signed, whatever its body is: by a key that is none, or with a head that does not fit.
    ///
    /// - Parameter request: nil where the head does not say the body's digest, so that the body alone can prove it.
    public func requirePossible(authorization: String, request: SignedRequest?) async throws {
        if let request {
            _ = try await signed(authorization: authorization, request: request, requestID: "")
        } else {
            let signature = try RequestSignature(authorization: authorization)
            try await known(signature.access, at: ports.hostClock.now()).key.requireActive()
        }
    }

    /// The caller behind a token.
    public func bearer(_ token: String, requestID: String) async throws -> Caller {
        let bearer = try await bearer(digest: ports.secrets.digest(ofToken: token))
        try bearer.token.requireValid(at: ports.hostClock.now())
        return Caller(bearer.user, project: bearer.token.project, requestID: requestID)
    }

    private func bearer(digest: String) async throws -> Bearer {
        let now = ports.hostClock.now()
        if let cached = bearers.withLock({ $0[digest] }), cached.until > now { return cached }
        let found = try await ports.store.read { transaction -> (Token, User)? in
            guard let token = try transaction.token(digest: digest), let user = try transaction.user(token.user)
            else { return nil }
            return (token, user)
        }
        guard let (token, user) = found else {
            throw Fault(.invalidToken, "The token is unknown; ask for one at POST /v3/auth/tokens.")
        }
        let fresh = Bearer(token: token, user: user, until: now.advanced(milliseconds: Self.trustMilliseconds))
        bearers.withLock { cache in
            if cache.count >= Self.cachedKeys { cache.removeAll() }
            cache[digest] = fresh
        }
        return fresh
    }

    private func known(_ access: String, at now: Instant) async throws -> Known {
        if let cached = known.withLock({ $0[access] }), cached.until > now { return cached }
        let found = try await ports.store.read { transaction -> (AccessKey, User)? in
            guard let key = try transaction.accessKey(access), let user = try transaction.user(key.user)
            else { return nil }
            return (key, user)
        }
        guard let (key, user) = found else {
            throw Fault(.invalidSignature, "The access key \(access) is unknown.", field: "Authorization")
        }
        let fresh = Known(key: key, user: user, until: now.advanced(milliseconds: Self.trustMilliseconds))
        known.withLock { cache in
            if cache.count >= Self.cachedKeys { cache.removeAll() }
            cache[access] = fresh
        }
        return fresh
    }
}
