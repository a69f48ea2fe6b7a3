"""Work orders: what sends a person to the door."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, Engine, Row, insert, select, tuple_, update

from server import schema
from server.cursor import Cursor

OrderState = Literal["open", "withdrawn"]
_orders = schema.work_orders


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """One order; an incident has one at most.

    Attributes:
        work_order_id: Made from the incident's id, so that it can only be opened once.
        incident_id: The incident it is for.
        state: "open", or "withdrawn" when a person refused the incident afterwards.
        opened_utc: When it was first opened.
        changed_utc: When its state last changed.
    """

    work_order_id: str
    incident_id: str
    state: OrderState
    opened_utc: datetime
    changed_utc: datetime


@dataclass(frozen=True, slots=True)
class WorkOrderPage:
    """Some work orders, newest first, and the cursor for those after them (None at the end)."""

    items: tuple[WorkOrder, ...]
    next_cursor: str | None


class WorkOrderStore:
    """Reads the orders; they change only through intake and review."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, incident_id: str) -> WorkOrder | None:
        """Return the order of an incident, or None."""
        with self._engine.begin() as connection:
            return find_order(connection, incident_id)

    def page(self, state: OrderState | None, after: Cursor | None, limit: int) -> WorkOrderPage:
        """List orders, those opened last first.

        Args:
            state: Only those in this state; None for all.
            after: Where the page before ended.
            limit: Most to return.
        """
        query = select(_orders).order_by(_orders.c.opened_utc.desc(), _orders.c.work_order_id.desc()).limit(limit + 1)
        if state is not None:
            query = query.where(_orders.c.state == state)
        if after is not None:
            place = tuple_(_orders.c.opened_utc, _orders.c.work_order_id)
            query = query.where(place < after.as_tuple(_orders.c.opened_utc))
        with self._engine.begin() as connection:
            rows = connection.execute(query).all()
        items = tuple(_order(row) for row in rows[:limit])
        more = len(rows) > limit
        return WorkOrderPage(items, Cursor(items[-1].opened_utc, items[-1].work_order_id).encode() if more else None)


def find_order(connection: Connection, incident_id: str) -> WorkOrder | None:
    """Return the order of an incident, inside a transaction."""
    row = connection.execute(select(_orders).where(_orders.c.incident_id == incident_id)).one_or_none()
    return None if row is None else _order(row)


def open_order(connection: Connection, incident_id: str, now_utc: datetime) -> str:
    """Open the order of an incident, or open it again; return its id."""
    order = find_order(connection, incident_id)
    if order is not None:
        _set_state(connection, order, "open", now_utc)
        return order.work_order_id
    work_order_id = f"wo-{incident_id}"
    connection.execute(
        insert(_orders).values(
            work_order_id=work_order_id, incident_id=incident_id, state="open", opened_utc=now_utc, changed_utc=now_utc
        )
    )
    return work_order_id


def withdraw_order(connection: Connection, incident_id: str, now_utc: datetime) -> None:
    """Withdraw the order of an incident where there is one."""
    order = find_order(connection, incident_id)
    if order is not None:
        _set_state(connection, order, "withdrawn", now_utc)


def _set_state(connection: Connection, order: WorkOrder, state: OrderState, now_utc: datetime) -> None:
    if order.state != state:
        changed = update(_orders).where(_orders.c.work_order_id == order.work_order_id)
        connection.execute(changed.values(state=state, changed_utc=now_utc))


def _order(row: Row[tuple[object, ...]]) -> WorkOrder:
    return WorkOrder(**row._mapping)
