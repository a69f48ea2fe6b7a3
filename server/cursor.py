"""Where a page of a list ended."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import ColumnElement, String, Tuple, literal, tuple_


@dataclass(frozen=True, slots=True)
class Cursor:
    """The time and id of the last one shown; unlike a page number it stays right while new ones arrive.

    Attributes:
        time_utc: Time by which the list is ordered.
        key: Id that orders those of the same time.
    """

    time_utc: datetime
    key: str

    def encode(self) -> str:
        """Write it as text that fits into an address."""
        text = f"{self.time_utc.isoformat()} {self.key}"
        return base64.urlsafe_b64encode(text.encode()).decode("ascii").rstrip("=")

    @classmethod
    def decode(cls, text: str) -> Self:
        """Read what `encode` wrote.

        Raises:
            ValueError: It is not a cursor.
        """
        try:
            plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        except (binascii.Error, UnicodeError) as error:
            raise ValueError("not a cursor") from error
        stamp, _, key = plain.partition(" ")
        time_utc = datetime.fromisoformat(stamp)
        if time_utc.tzinfo is None or not key:
            raise ValueError("not a cursor")
        return cls(time_utc, key)

    def as_tuple(self, time_column: ColumnElement[datetime]) -> Tuple:
        """Return it for a comparison of rows in SQL."""
        return tuple_(literal(self.time_utc, time_column.type), literal(self.key, String))
