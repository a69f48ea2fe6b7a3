"""What can go wrong with a building's geometry."""


class FloorsError(Exception):
    """Base of all errors of this package."""


class SiteError(FloorsError):
    """The site file is wrong, or does not fit the pictures; names the file, the key and what to do."""


class GeometryError(FloorsError):
    """Points or lines do not determine a geometry."""
