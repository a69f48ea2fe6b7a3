"""What can go wrong above the parts."""


class DroptraceError(Exception):
    """Something failed; the message says what, where and what to do."""


class ConfigError(DroptraceError):
    """A command line or configuration file is wrong."""


class CameraCrashedError(DroptraceError):
    """The process of a camera died: its decoder met something that it did not survive."""


class CutFailedError(DroptraceError):
    """Nothing can be cut from a clip."""
