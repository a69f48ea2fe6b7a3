"""What can go wrong with networks."""


class ModelError(Exception):
    """A network, its weights or its data cannot be used; the message says which, why and what to do."""


class RuntimeMissingError(ModelError):
    """What runs networks of this form is not installed."""


def first_line(error: Exception) -> str:
    """Tell what a runtime said in one line: the rest is its own source, or advice that does not fit here."""
    lines = [line for line in str(error).splitlines() if line and not line.startswith("Exception from")]
    return lines[0] if lines else type(error).__name__
