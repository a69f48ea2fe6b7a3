"""The encoded packets of the last seconds (being written)."""


class PacketRing:
    """Placeholder until the reader lands."""
