// Files
internal import Yams
