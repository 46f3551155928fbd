/// What a notebook's server is started with, and what it sees.
///
/// Source: ModelArts, "Notebook instances": `/home/ma-user/work` is the volume. The flags: `Runtimes/jupyterlab`.
public enum NotebookContract {
    public static let home = "/home/ma-user"
    /// Where the volume stands.
    public static let work = home + "/work"
    /// The folder of the server's socket in the sandbox.
    public static let socketFolder = "/run/jupyter"
    /// The socket's name in its folder.
    public static let socketName = "j"
    /// Packages that pip installs: on the volume, so that they outlive a stop.
    public static let packages = work + "/" + packagesFolder
    /// Their folder on the volume.
    public static let packagesFolder = ".packages"

    /// The path under which a notebook is served.
    public static func basePath(of id: String) -> String { "/notebooks/\(id)/" }

    /// Plans a run.
    ///
    /// - Parameters:
    ///   - python: the image's interpreter, at the same path on the host and in the sandbox.
    ///   - layers: folders of packages that the image has beside its interpreter's.
    ///   - accelerators: the indices granted.
    public static func plan(
        for id: String, python: String, layers: [String] = [], cpuMillicores: Int64, accelerators: [Int]
    ) -> LaunchPlan {
        LaunchPlan(
            // -I: packages that its user installed are for its kernels; they must not keep the server from starting.
            command: [python, "-I", "-m", "jupyterlab"] + flags(for: id),
            environment: environment(
                python: python, layers: layers, id: id, cpuMillicores: cpuMillicores, accelerators: accelerators),
            workingDirectory: work, folders: [])
    }

    private static func flags(for id: String) -> [String] {
        [
            "--no-browser", "--ServerApp.sock=\(socketFolder)/\(socketName)", "--ServerApp.sock_mode=0600",
            "--ServerApp.base_url=\(basePath(of: id))", "--ServerApp.root_dir=\(work)",
            // The gateway says who may come in, and refuses what another site's page sends.
            "--IdentityProvider.token=", "--ServerApp.password=", "--ServerApp.disable_check_xsrf=True",
            "--ServerApp.allow_remote_access=True", "--ServerApp.trust_xheaders=True",
            "--ServerApp.quit_button=False", "--ServerApp.use_redirect_file=False",
            "--FileContentsManager.delete_to_trash=False",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.news_url=None",
            "--LabApp.extension_manager=readonly",
        ]
    }

    private static func environment(
        python: String, layers: [String], id: String, cpuMillicores: Int64, accelerators: [Int]
    ) -> [String: String] {
        let cards = accelerators.map(String.init).joined(separator: ",")
        return [
            "HOME": home, "USER": "ma-user", "LANG": "C.UTF-8", "SHELL": "/bin/bash", "PYTHONUNBUFFERED": "1",
            "PATH": LaunchPlan.programs(python: python, layers: [packages] + layers),
            "PYTHONPATH": ([packages] + layers).joined(separator: ":"), "PIP_TARGET": packages,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "OMP_NUM_THREADS": String(max(1, cpuMillicores / 1_000)),
            "CUDA_VISIBLE_DEVICES": cards, "NVIDIA_VISIBLE_DEVICES": cards.isEmpty ? "void" : cards,
            // Sockets and keys of kernels would outlive them on the volume; settings shall.
            "JUPYTER_RUNTIME_DIR": "/tmp/jupyter", "JUPYTER_CONFIG_DIR": work + "/.jupyter",
            "MA_NOTEBOOK_ID": id,
        ]
    }
}
