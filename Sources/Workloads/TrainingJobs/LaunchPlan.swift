/// How a job's process is started: what, where, with which environment and folders.
public struct LaunchPlan: Hashable, Sendable {
    /// Program and arguments, as the container sees them.
    public let command: [String]
    public let environment: [String: String]
    public let workingDirectory: String
    /// Outer folders before the ones inside them.
    public let folders: [Folder]

    /// A folder of the attempt on the host, and what it is in the container.
    public struct Folder: Hashable, Sendable {
        /// Its name among the attempt's folders.
        public let name: String
        public let sandboxPath: String
        /// Where its content comes from before the start.
        public let sourceURL: String?
        /// Where its content goes at the end.
        public let targetURL: String?

        init(_ name: String, at sandboxPath: String, from sourceURL: String? = nil, to targetURL: String? = nil) {
            self.name = name
            self.sandboxPath = sandboxPath
            self.sourceURL = sourceURL
            self.targetURL = targetURL
        }
    }
    /// `PATH`: programs of packages first, then the interpreter's own, then the system's.
    static func programs(python: String, layers: [String]) -> String {
        let own = python.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        return (layers.map { $0 + "/bin" } + [own, "/usr/local/bin", "/usr/bin", "/bin"]).joined(separator: ":")
    }
}
