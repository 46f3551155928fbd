import HTTPTypes

/// What the OpenAPI document says of a route beside its method and path.
struct RouteDetails: Sendable {
    /// Parameters of the query.
    var query: [String] = []
    /// Fields of the JSON body, optional ones with a question mark; empty for a body of bytes, nil for none.
    var body: [String]?
    var status = 200
    /// The answer's fields, in words.
    let answer: String

    /// The details of an own route; every one has some, which a test checks.
    static func of(_ route: Route) -> RouteDetails {
        known["\(route.method.rawValue) \(route.path)"] ?? RouteDetails(answer: "")
    }

    private static let known: [String: RouteDetails] = [
        "GET /healthz": RouteDetails(answer: "status, version"),
        "GET /metrics": RouteDetails(answer: "Prometheus text"),
        "GET /atelier/v1/openapi.json": RouteDetails(answer: "This document"),
        "GET /atelier/v1/accounts": RouteDetails(answer: "items [{id, name}], total"),
        "POST /atelier/v1/accounts": RouteDetails(
            body: ["name", "user_name", "password", "role?", "book?", "credit_limit?"], status: 201,
            answer: "account, project, user, access_key, secret_key"),
        "GET /atelier/v1/balance": RouteDetails(answer: balance),
        "POST /atelier/v1/accounts/{account_id}/top-ups": RouteDetails(body: ["amount"], answer: balance),
        "POST /atelier/v1/accounts/{account_id}/coupons": RouteDetails(
            body: ["name", "amount", "product?", "valid_from?", "valid_until"], status: 201, answer: coupon),
        "GET /atelier/v1/accounts/{account_id}/coupons": RouteDetails(answer: "items of \(coupon), total"),
        "POST /atelier/v1/accounts/{account_id}/packages": RouteDetails(
            body: ["name", "product", "flavor?", "size", "monthly?", "effective_from?", "expires_at?", "price?"],
            status: 201, answer: package),
        "GET /atelier/v1/accounts/{account_id}/packages": RouteDetails(answer: "items of \(package), total"),
        "GET /atelier/v1/price-book": RouteDetails(
            answer: "id, currency, profile, version, zone, products, flavors with their dated prices"),
        "POST /atelier/v1/price-books/reload": RouteDetails(answer: "books [{id, version}]"),
        "GET /atelier/v1/pool": RouteDetails(answer: "cpu_millicores, memory_bytes, accelerators"),
        "GET /atelier/v1/usage": RouteDetails(
            query: ["resource", "project"], answer: "currency, as_of, total, items not billed yet"),
        "POST /atelier/v1/events": RouteDetails(
            body: ["specversion", "id", "source", "type", "subject?", "time?", "data?", "project?", "account?"],
            answer: "accepted, duplicates"),
        "GET /atelier/v1/hours": RouteDetails(answer: "items [{hour, state, unproven}], total"),
        "GET /atelier/v1/bills": RouteDetails(
            query: ["cycle", "resource", "offset", "limit"], answer: "currency, items of bill lines, total"),
        "GET /atelier/v1/bills/{line_id}/explanation": RouteDetails(
            answer: "line, formula, steps, facts, price, rounding, postings, sentence"),
        "GET /atelier/v1/clock": RouteDetails(answer: "now, simulated"),
        "POST /atelier/v1/clock": RouteDetails(body: ["to"], answer: "now, simulated"),
        "GET /atelier/v1/buckets": RouteDetails(answer: "items [{name, created_at}], total"),
        "PUT /atelier/v1/buckets/{bucket}": RouteDetails(status: 201, answer: "name"),
        "DELETE /atelier/v1/buckets/{bucket}": RouteDetails(status: 204, answer: "Nothing"),
        "GET /atelier/v1/buckets/{bucket}/objects": RouteDetails(
            query: ["prefix", "after", "limit"], answer: "items [{key, bytes, modified_at, etag}], truncated, next?"),
        "PUT /atelier/v1/buckets/{bucket}/objects/{key+}": RouteDetails(
            body: [], status: 201, answer: "key, bytes, etag"),
        "GET /atelier/v1/buckets/{bucket}/objects/{key+}": RouteDetails(answer: "The object's bytes"),
        "HEAD /atelier/v1/buckets/{bucket}/objects/{key+}": RouteDetails(answer: "Headers only"),
        "DELETE /atelier/v1/buckets/{bucket}/objects/{key+}": RouteDetails(status: 204, answer: "Nothing"),
        "GET /atelier/v1/projects/{project_id}/volumes/{volume_id}/usage": RouteDetails(
            answer: "id, capacity_bytes, used_bytes, message"),
        "GET /atelier/v1/projects/{project_id}/services/{service_id}/minutes": RouteDetails(
            query: ["last"],
            answer: "items [{minute, model_id, calls, failures, successes, prompt_tokens, completion_tokens, latency, "
                + "cpu_cores?, memory_bytes?}], total"),
        "GET /atelier/v1/projects/{project_id}/services/{service_id}/log": RouteDetails(
            query: ["instance", "offset", "limit"], answer: "A piece of the log as bytes, its place in X-Log headers"),
        "GET /atelier/v1/projects/{project_id}/training-jobs/{training_job_id}/log": RouteDetails(
            query: ["task", "offset", "limit"], answer: "A piece of the log as bytes, its place in X-Log headers"),
    ]

    private static let coupon =
        "id, account_id, name, product, currency, granted, left, valid_from, valid_until, granted_at, state"
    private static let package =
        "id, account_id, name, product, flavor, size, unit, monthly, left, used, period_start, effective_from, "
        + "expires_at, price, currency, created_at, state"
    private static let balance =
        "account_id, currency, cash, credit_limit, credit_drawn, arrears, held, unbilled, available"
}
