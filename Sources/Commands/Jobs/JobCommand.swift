import ArgumentParser

/// `atelier job …`
struct JobCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Training jobs.",
        subcommands: [
            CreateJob.self, ListJobs.self, ShowJob.self, FollowJob.self, JobLog.self, JobEvents.self, JobSummary.self,
            StopJob.self, DeleteJob.self,
        ])
}
