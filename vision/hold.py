"""A state that is believed when it has lasted."""


class Hold:
    """Follows something that is so or not, and changes its mind only when the contrary has held for some seconds.

    Attributes:
        is_on: What is believed.
        since_s: When that began, which is before it was believed.
    """

    def __init__(self, raise_s: float, clear_s: float) -> None:
        """Believe that it is so after `raise_s`, and that it is no longer so after `clear_s`."""
        self.is_on = False
        self.since_s = 0.0
        self._raise_s = raise_s
        self._clear_s = clear_s
        self._turned_s: float | None = None

    @property
    def doubted_s(self) -> float | None:
        """Tell since when the contrary of what is believed is seen; None where it is not."""
        return self._turned_s

    def see(self, now_s: float, *, is_so: bool) -> None:
        """Take what is seen now."""
        if is_so == self.is_on:
            self._turned_s = None
            return
        if self._turned_s is None:
            self._turned_s = now_s
        if now_s - self._turned_s >= (self._raise_s if is_so else self._clear_s):
            self.is_on, self.since_s, self._turned_s = is_so, self._turned_s, None
