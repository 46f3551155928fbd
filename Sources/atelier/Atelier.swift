@main struct Atelier { static func main() async {} }
