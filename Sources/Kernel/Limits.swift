/// Every limit of the house by name (law 11); exceeding one is a clear error.
public enum Limits {
    /// Bytes of a JSON request body.
    public static let bodyBytes = 1 << 20
    /// Bytes of one object sent to a bucket.
    public static let objectBytes: Int64 = 5 << 30
    /// Bytes of an object's key (OBS allows 1,024).
    public static let objectKeyBytes = 1_024
    /// Objects in one listing.
    public static let listedObjects = 1_000
    /// Characters of a job's name (ModelArts allows 64).
    public static let jobNameCharacters = 64
    /// Characters of a description.
    public static let descriptionCharacters = 256
    /// Environment variables of one job.
    public static let jobEnvironments = 100
    /// Parameters of one job.
    public static let jobParameters = 200
    /// Inputs, or outputs, of one job.
    public static let jobChannels = 50
    /// Bytes of a job's command.
    public static let commandBytes = 16_384
    /// Jobs in one page of a search (ModelArts allows 50).
    public static let searchPage = 50
    /// Records in one page of a bill (BSS allows 1,000).
    public static let billPage = 1_000
    /// Bytes of a log preview.
    public static let logPreviewBytes = 128 << 10
    /// Bytes kept of one rank's log: the last part wins.
    public static let logBytes: Int64 = 64 << 20
    /// Jobs that may wait or run in one project.
    public static let activeJobs = 10_000
    /// Hours an auto-stop may be set to (30 days).
    public static let autoStopHours: Int64 = 720
    /// Levels of nesting in a JSON text.
    public static let jsonDepth = 64
    /// Minutes a request's date may differ from the server's clock.
    public static let signatureSkewSeconds: Int64 = 15 * 60
    /// Seconds that a token lives.
    public static let tokenSeconds: Int64 = 24 * 3_600
}
