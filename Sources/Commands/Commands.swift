// Commands
internal import AsyncHTTPClient
internal import ArgumentParser
