// API
internal import Hummingbird
