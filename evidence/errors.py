"""What can go wrong with evidence, as one tree."""


class EvidenceError(Exception):
    """Evidence could not be made, kept, read or sent; the message says what, where and what to do."""


class FactsError(EvidenceError):
    """The facts of an incident do not have their form."""


class ManifestError(EvidenceError):
    """A manifest cannot be read."""


class PackageError(EvidenceError):
    """A package could not be written."""


class OutboxError(EvidenceError):
    """The outbox could not be read or written."""


class EndpointError(EvidenceError):
    """The endpoint for work orders is not configured as it must be."""
