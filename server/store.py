"""Everything that the database keeps, behind one door."""

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from server.box import BoxStore
from server.database import open_database
from server.incident import IncidentStore
from server.media import MediaStore
from server.review import ReviewStore
from server.work_order import WorkOrderStore


class Store:
    """The stores of one database.

    Attributes:
        incidents: What was seen.
        media: Which files of evidence arrived.
        reviews: What people decided.
        work_orders: What follows from it.
        boxes: Who watches.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.incidents = IncidentStore(engine)
        self.media = MediaStore(engine)
        self.reviews = ReviewStore(engine)
        self.work_orders = WorkOrderStore(engine)
        self.boxes = BoxStore(engine)

    @classmethod
    def open(cls, url: str) -> "Store":
        """Open a database and bring its tables up to date.

        Raises:
            DatabaseError: It cannot be opened.
        """
        return cls(open_database(url))

    def answers(self) -> bool:
        """Tell whether the database can be read now."""
        try:
            with self._engine.begin() as connection:
                connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()
