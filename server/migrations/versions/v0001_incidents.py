"""Incidents, media, work orders and reviews."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | Sequence[str] | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    _create_incidents()
    _create_media()
    _create_work_orders()
    _create_reviews()


def downgrade() -> None:
    for table in ("reviews", "work_orders", "media", "incidents"):
        op.drop_table(table)


def _create_incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("incident_id", sa.String(128), primary_key=True),
        sa.Column("payload_sha256", sa.String(64), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("camera_id", sa.String(200), nullable=False),
        sa.Column("building_id", sa.String(200)),
        sa.Column("building_name", sa.String(200)),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("below_min_floor", sa.Boolean(), nullable=False),
        sa.Column("floor", sa.Integer()),
        sa.Column("floor_low", sa.Integer()),
        sa.Column("floor_high", sa.Integer()),
        sa.Column("unit", sa.String(200)),
        sa.Column("probability", sa.Float()),
        sa.Column("happened_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_state", sa.String(16), nullable=False),
    )
    op.create_index("ix_incidents_happened", "incidents", ["happened_utc", "incident_id"])
    op.create_index("ix_incidents_camera", "incidents", ["camera_id", "happened_utc"])
    op.create_index("ix_incidents_review", "incidents", ["review_state", "happened_utc"])


def _create_media() -> None:
    op.create_table(
        "media",
        sa.Column("incident_id", sa.String(128), sa.ForeignKey("incidents.incident_id"), primary_key=True),
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("content_type", sa.String(100), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("stored_utc", sa.DateTime(timezone=True), nullable=False),
    )


def _create_work_orders() -> None:
    op.create_table(
        "work_orders",
        sa.Column("work_order_id", sa.String(140), primary_key=True),
        sa.Column("incident_id", sa.String(128), sa.ForeignKey("incidents.incident_id"), nullable=False, unique=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("opened_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_utc", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_work_orders_state", "work_orders", ["state", "opened_utc"])


def _create_reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("review_id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("incident_id", sa.String(128), sa.ForeignKey("incidents.incident_id"), nullable=False),
        sa.Column("reviewer", sa.String(100), nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reviewed_utc", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_reviews_incident_id", "reviews", ["incident_id"])
