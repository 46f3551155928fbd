"""What makes an input unusable, as opposed to wrong."""


class Fault(Exception):
    """An input that cannot be read: wrong usage, exit code 2."""
