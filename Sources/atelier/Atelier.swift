import Assembly
import Executors
import Glibc

@main
enum Atelier {
    static func main() async {
        // The shim comes first: it starts in a few milliseconds because nothing else is set up for it.
        let arguments = CommandLine.arguments
        if arguments.count == 3, arguments[1] == "shim" { exit(Shim.run(arguments[2])) }
        await AtelierCommand.start()
    }
}
