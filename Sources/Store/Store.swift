// Store
internal import GRDB
