"""Which version of the program this is."""

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version


def version() -> str:
    """Return the installed version, or "0" where the program runs from a checkout that is not installed."""
    try:
        return installed_version("droptrace")
    except PackageNotFoundError:
        return "0"
