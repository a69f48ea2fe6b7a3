"""The tables, as the newest migration leaves them."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A time that goes in and comes out timezone-aware in UTC, also where the database keeps no zone (SQLite)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC on the way in."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Name the zone on the way out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()

incidents = Table(
    "incidents",
    metadata,
    Column("incident_id", String(128), primary_key=True),
    Column("payload_sha256", String(64), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("camera_id", String(200), nullable=False),
    Column("building_id", String(200)),
    Column("building_name", String(200)),
    Column("verdict", String(16), nullable=False),
    Column("below_min_floor", Boolean, nullable=False),
    Column("floor", Integer),
    Column("floor_low", Integer),
    Column("floor_high", Integer),
    Column("unit", String(200)),
    Column("probability", Float),
    Column("happened_utc", UtcDateTime, nullable=False),
    Column("received_utc", UtcDateTime, nullable=False),
    Column("review_state", String(16), nullable=False),
    Index("ix_incidents_happened", "happened_utc", "incident_id"),
    Index("ix_incidents_camera", "camera_id", "happened_utc"),
    Index("ix_incidents_review", "review_state", "happened_utc"),
)

media = Table(
    "media",
    metadata,
    Column("incident_id", String(128), ForeignKey("incidents.incident_id"), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("content_type", String(100), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("path", Text, nullable=False),
    Column("stored_utc", UtcDateTime, nullable=False),
)

work_orders = Table(
    "work_orders",
    metadata,
    Column("work_order_id", String(140), primary_key=True),
    Column("incident_id", String(128), ForeignKey("incidents.incident_id"), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("opened_utc", UtcDateTime, nullable=False),
    Column("changed_utc", UtcDateTime, nullable=False),
    Index("ix_work_orders_state", "state", "opened_utc"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("review_id", Integer, primary_key=True, autoincrement=True),
    Column("incident_id", String(128), ForeignKey("incidents.incident_id"), nullable=False, index=True),
    Column("reviewer", String(100), nullable=False),
    Column("decision", String(16), nullable=False),
    Column("reason", String(32)),
    Column("note", Text, nullable=False),
    Column("reviewed_utc", UtcDateTime, nullable=False),
)

boxes = Table(
    "boxes",
    metadata,
    Column("box_id", String(200), primary_key=True),
    Column("sent_utc", UtcDateTime, nullable=False),
    Column("received_utc", UtcDateTime, nullable=False),
    Column("heartbeat", JSON, nullable=False),
)

blind_days = Table(
    "blind_days",
    metadata,
    Column("box_id", String(200), primary_key=True),
    Column("camera_id", String(200), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("seconds", JSON, nullable=False),
    Index("ix_blind_days_day", "day"),
)
