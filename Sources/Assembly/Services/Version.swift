/// This release's number, which `--version` and `/healthz` tell.
enum Version {
    static let text = "0.1.0"
}
