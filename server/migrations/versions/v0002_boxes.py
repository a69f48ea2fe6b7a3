"""Edge boxes, and the blind time of their cameras."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | Sequence[str] | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "boxes",
        sa.Column("box_id", sa.String(200), primary_key=True),
        sa.Column("sent_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heartbeat", sa.JSON(), nullable=False),
    )
    op.create_table(
        "blind_days",
        sa.Column("box_id", sa.String(200), primary_key=True),
        sa.Column("camera_id", sa.String(200), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("seconds", sa.JSON(), nullable=False),
    )
    op.create_index("ix_blind_days_day", "blind_days", ["day"])


def downgrade() -> None:
    op.drop_table("blind_days")
    op.drop_table("boxes")
