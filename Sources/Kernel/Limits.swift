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
    /// Characters of a notebook's name, and of its description (ModelArts allows 128 and 512).
    public static let notebookNameCharacters = 128
    public static let notebookDescriptionCharacters = 512
    /// Notebooks of one project that are not deleted.
    public static let notebooks = 1_000
    /// Images of one project that were saved from notebooks.
    public static let savedImages = 200
    /// Characters of an image's organization, name, tag and description (ModelArts allows as many).
    public static let imageNamespaceCharacters = 64
    public static let imageNameCharacters = 128
    public static let imageTagCharacters = 64
    public static let imageDescriptionCharacters = 512
    /// Characters of a model's name, version and description (ModelArts allows 64, and 100 of a description).
    public static let modelNameCharacters = 64
    public static let modelVersionCharacters = 11
    public static let modelDescriptionCharacters = 512
    /// Bytes of what a model's training measured, and of a package's `config.json`.
    public static let modelMetricsBytes = 64 << 10
    public static let modelConfigBytes = 256 << 10
    /// Packages that a model names.
    public static let modelDependencies = 200
    /// Packages that are installed for one model, with those that they bring along; seconds that it may take; bytes
    /// that they may take of the disk, with what is loaded for it; and bytes of the installer's memory.
    public static let installedPackages = 300
    public static let packageSeconds: Int64 = 600
    public static let packageBytes: Int64 = 4 << 30
    public static let packageMemoryBytes: Int64 = 4 << 30
    /// Models that are published at the same time.
    public static let publishedAtOnce = 4
    /// Models of one project.
    public static let models = 10_000
    /// Characters of a service's name and description (ModelArts allows 64 and 100).
    public static let serviceNameCharacters = 64
    public static let serviceDescriptionCharacters = 512
    /// Models of one service, and instances of all of them together (ModelArts allows 128).
    public static let serviceConfigs = 20
    public static let serviceInstances: Int64 = 128
    /// Versions of one deployment that are kept; the oldest goes first.
    public static let deploymentVersions = 100
    /// Keys of services of one project; temporary ones, which go by themselves; and how long these may last, in hours.
    public static let serviceKeys = 200
    public static let temporaryServiceKeys = 1_000
    public static let temporaryKeyHours: Int64 = 24
    /// Keys that one request binds (ModelArts allows 10).
    public static let keysInRequest = 10
    /// Rules of the clock in a deployment's scaling, and characters of a rule's name (ModelArts allows 4 to 64).
    public static let scalingClockRules = 10
    public static let scalingRuleNameCharacters = 64
    /// Services of one project that are not deleted.
    public static let services = 1_000
    /// Seconds that an instance which gets no new calls may take to answer those it has.
    public static let drainSeconds: Int64 = 30
    /// Bytes of a call's body where a service says nothing else.
    public static let callBytes: Int64 = 64 << 20
    /// Seconds for which it is kept what services were asked, minute by minute (31 days).
    public static let callMinuteSeconds: Int64 = 31 * 86_400
    /// Ended instances of a service that are kept for their logs, and changes and events that are listed.
    public static let endedInstances = 5
    public static let serviceEvents = 1_000
    /// Characters of a workspace's id.
    public static let workspaceCharacters = 64
    /// Seconds that a look whether something is well may take, where it says nothing else.
    public static let healthSeconds: Int64 = 2
    /// Seconds that such a look may take at most, whatever is said.
    public static let greatestHealthSeconds: Int64 = 10
    /// Seconds in which a notebook's server must answer after its start.
    public static let notebookStartSeconds: Int64 = 180
    /// Bytes of an answer of a notebook's server that are read.
    public static let notebookAnswerBytes = 1 << 20
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
    /// Volumes of one project.
    public static let volumes = 1_000
    /// Characters of a volume's name and of its description (what EVS takes).
    public static let volumeNameCharacters = 64
    public static let volumeDescriptionCharacters = 255
    /// Volumes that one request makes (what EVS takes).
    public static let volumesInRequest = 100
    /// Dedicated pools of a project.
    public static let pools = 64
    /// Nodes of a dedicated pool. Source: ModelArts' console.
    public static let poolNodes: Int64 = 2_000
    /// Flavors that a request for a pool may name, before it is told that one is offered.
    public static let poolFlavors = 50
    /// Characters of a pool's id. Source: `pool_name`, 36 to 63.
    public static let poolIDCharacters = 64
    /// Characters of the name of a pool's network.
    public static let poolNetworkCharacters = 128
    /// Pairs of text that are kept with a volume, and characters of each.
    public static let volumeMetadata = 64
    public static let volumeMetadataCharacters = 255
    /// Hours an auto-stop may be set to (30 days).
    public static let autoStopHours: Int64 = 720
    /// Levels of nesting in a JSON text.
    public static let jsonDepth = 64
    /// Seconds a request's date may differ from the server's clock.
    public static let signatureSkewSeconds: Int64 = 15 * 60
    /// Bytes of an Authorization header.
    public static let authorizationBytes = 8_192
    /// Headers that one signature covers.
    public static let signedHeaders = 64
    /// Passwords that wait to be hashed; hashing one takes a tenth of a second on purpose.
    public static let waitingPasswords = 100
    /// Seconds that a token lives.
    public static let tokenSeconds: Int64 = 24 * 3_600
    /// Price books of one installation.
    public static let priceBooks = 100
    /// Bytes of one price book's file.
    public static let priceBookFileBytes = 8 << 20
    /// Products in one price book.
    public static let priceBookProducts = 1_000
    /// Flavors in one price book.
    public static let priceBookFlavors = 10_000
    /// Dated prices in one price book.
    public static let priceBookPrices = 100_000
    /// Bytes of a cloud's public price list.
    public static let publicPriceListBytes = 64 << 20
    /// Tiers of one price.
    public static let priceBookTiers = 100
    /// Meters in one price book.
    public static let priceBookMeters = 1_000
    /// Names in the path to a meter's value.
    public static let meterPathNames = 8
    /// What is counted that makes one unit, at most.
    public static let priceBookUnitSize: Int64 = 1_000_000_000
    /// Seconds that an ended use is counted as at least: a month.
    public static let priceBookMinimumSeconds: Int64 = 31 * 86_400
    /// Characters of an id in a price book.
    public static let priceBookIDCharacters = 128
    /// Bytes of a name in a price book.
    public static let priceBookNameBytes = 256
    /// Faults of one price book that are listed; the rest is only counted.
    public static let priceBookFaults = 200
    /// Bytes of a runtime's description.
    public static let runtimeFileBytes = 64 << 10
    /// Bytes of one text in a runtime's description.
    public static let runtimeTextBytes = 256
    /// Thousandths of a core in one node of a flavor (4,096 cores).
    public static let flavorMillicores: Int64 = 4_096_000
    /// Bytes of memory in one node of a flavor, or in one card (64 TiB).
    public static let flavorMemoryBytes: Int64 = 64 << 40
    /// Cards in one node of a flavor.
    public static let flavorAccelerators: Int64 = 64
    /// Buckets of one account (OBS allows 100).
    public static let buckets = 100
    /// Bytes of one part of an object's key between slashes (what a file system's names hold).
    public static let objectKeyPartBytes = 255
    /// Objects and folders directly below one folder of a bucket.
    public static let bucketFolderEntries = 1_000_000
    /// Objects that one staging moves between a bucket and a run folder.
    public static let stagedObjects = 100_000
    /// Bytes that one staging moves between a bucket and a run folder (1 TiB).
    public static let stagedBytes: Int64 = 1 << 40
    /// Levels of folders that one staging walks.
    public static let stagedDepth = 64
    /// Series that the metrics endpoint shows; later ones are counted, not kept.
    public static let metricSeries = 10_000
    /// Bytes of one label's value in the metrics.
    public static let metricLabelBytes = 256
    /// Bytes of one text in a log line.
    public static let logTextBytes = 8_192
    /// Fields of one log line, and elements of one list in it.
    public static let logElements = 64
    /// Levels of nesting in a log line.
    public static let logDepth = 8
    /// Pairs in the query of one request.
    public static let queryPairs = 100
    /// Bytes of a token in a request.
    public static let tokenBytes = 4_096
    /// Bytes of one header of a request; of all of them; and how many there may be.
    public static let headerBytes = 16_384
    public static let headerListBytes = 65_536
    public static let headers = 200
    /// Connections that the server keeps open at once; more wait in the host's backlog.
    public static let connections = 10_000
    /// Seconds in which a client that is sending must send something.
    public static let idleSeconds: Int64 = 60
    /// Records of a list where the caller names no number.
    public static let listPage = 100
    /// Records in one page of a list of Atelier's own routes.
    public static let greatestListPage = 1_000
    /// Bytes of a log in one answer.
    public static let logPieceBytes = 1 << 20
    /// Products in one question about prices (BSS allows 100).
    public static let askedPrices = 100
    /// Conditions of one search, and values of one condition.
    public static let searchFilters = 20
    public static let searchValues = 100
    /// Writes to the database that wait for their commit.
    public static let waitingWrites = 10_000
    /// Writes that share one commit.
    public static let writesInOneCommit = 256
    /// Folders of the host that one sandbox sees.
    public static let mounts = 200
    /// Projects that the API keeps in memory; beyond it they are looked up anew.
    public static let knownProjects = 10_000
    /// Bytes of one record of a CSV file.
    public static let csvRecordBytes = 1 << 20
    /// Bytes of an answer that the command line reads whole.
    public static let answerBytes = 64 << 20

    /// Coupons, or packages, of one account.
    public static let benefitsOfAccount = 1_000

    /// Hours that are not closed, as far as they are shown.
    public static let shownHours = 48
    /// Events in one batch.
    public static let eventsInBatch = 10_000
    /// Bytes of one event (CloudEvents asks receivers for 64 KiB).
    public static let eventBytes = 64 << 10
    /// Bytes of one attribute of an event.
    public static let eventAttributeBytes = 1_024
    /// Faults of one batch of events that are listed.
    public static let eventFaults = 100
    /// Seconds that an event may lie ahead of the server's clock; it counts at the second it came.
    public static let eventSkewSeconds: Int64 = 5 * 60
    /// Bytes of a body of events.
    public static let eventBodyBytes = 8 << 20

    /// Columns of a usage file, those it does not need among them.
    public static let usageColumns = 64
    /// Bytes of one line of a usage file.
    public static let usageLineBytes = 64 << 10
    /// Parts of an answer to a usage file that wait for an earlier one.
    public static let usageEarlyParts = 32
    /// Nodes at work at the same time that a plan of terms looks at.
    public static let plannedNodes = 100_000
    /// Seconds of one use in a usage file: ten years.
    public static let usageSeconds: Int64 = 3_653 * 86_400

    /// Nodes or GPUs of one use in a trace.
    public static let traceNodes: Int64 = 1_000_000
    /// Bytes of the name of an account or a project in a trace.
    public static let traceNameBytes = 64
    /// Files of one trace: each is read through a buffer of its own.
    public static let traceFiles = 64
    /// Uses of a trace that are held back, so that those that stand out of order come in order of time.
    public static let traceWindow = 100_000
    /// Uses of a trace that go on at the same time, and accounts and projects that it names.
    public static let traceRunning = 1_000_000
    public static let traceTenants = 100_000
    /// Tokens that one request of a trace reads, or writes.
    public static let traceTokens: Int64 = 1_000_000_000

    /// Seconds in which the head of a request must have come whole, so that slow senders hold nothing.
    public static let headSeconds: Int64 = 20
    /// Seconds in which a client or an upstream must take or send something of a body.
    public static let stallSeconds: Int64 = 60
    /// Bytes of a call's body that its signature covers (ModelArts' own gateway takes as many), seconds in which it
    /// must have come whole, and bytes of all such bodies that are held at once.
    public static let signedBodyBytes = 12 << 20
    public static let signedBodySeconds: Int64 = 60
    public static let signedBodiesBytes = 256 << 20
    /// Seconds in which it must be decided where a request goes.
    public static let decisionSeconds: Int64 = 30
    /// Seconds that connecting to an upstream may take.
    public static let upstreamConnectSeconds: Int64 = 5
    /// Seconds that an upstream may take until its answer begins, where nobody says otherwise.
    public static let upstreamAnswerSeconds: Int64 = 300
    /// Seconds that an unused connection to an upstream is kept; uvicorn closes its own after five.
    public static let upstreamIdleSeconds: Int64 = 4
    /// Connections that one thread keeps unused to one upstream, and has open to it at all.
    public static let upstreamIdleConnections = 64
    public static let upstreamConnections = 4_096
    /// Bytes that wait for a client or an upstream before reading from the other side stops.
    public static let waitingBytes = 256 << 10
    /// Bytes of requests that wait for the one before them on their connection.
    public static let pipelinedBytes = 64 << 10
    /// Seconds that a connection is drained after an answer that refuses its request.
    public static let lingerSeconds: Int64 = 2
}
