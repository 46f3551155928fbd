import ArgumentParser

/// `atelier notebook …`
struct NotebookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notebook", abstract: "JupyterLab on a volume of its own.",
        subcommands: [
            CreateNotebook.self, ListNotebooks.self, ShowNotebook.self, OpenNotebook.self, StartNotebook.self,
            StopNotebook.self, ResizeNotebook.self, RenewNotebook.self, DeleteNotebook.self,
        ])
}
