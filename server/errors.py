"""What can go wrong in the command centre."""


class ServerError(Exception):
    """The command centre cannot start or go on; the message says why and what to do."""


class SettingsError(ServerError):
    """SERVER.toml cannot be used; the message names the key."""


class DatabaseError(ServerError):
    """The database cannot be opened or brought up to date."""


class StorageError(ServerError):
    """A file of evidence cannot be written or read."""


class StorageFullError(StorageError):
    """There is no room left for a file of evidence."""


class UnknownIncidentError(ServerError):
    """Nothing was taken in under that id."""


class KeyReusedError(ServerError):
    """The same key came with another payload."""


class OtherContentError(ServerError):
    """Another content is stored under that name."""
