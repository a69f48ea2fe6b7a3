"""The application: all parts put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer
from fastapi.staticfiles import StaticFiles

from server.api import api_routes, health_routes
from server.box_api import box_routes
from server.box_views import box_view_routes
from server.case import Cases
from server.clock import Clock
from server.files import MediaFiles
from server.guard import Guard
from server.heartbeat_intake import HeartbeatIntake, heartbeat_routes
from server.intake import Intake, intake_routes
from server.login import login_routes
from server.page import Pages
from server.problem import add_problem_handlers
from server.session import Sessions
from server.settings import ServerSettings
from server.store import Store
from server.version import version
from server.views import view_routes

_STATIC = Path(__file__).parent / "static"


def create_app(settings: ServerSettings, clock: Clock) -> FastAPI:
    """Open the folders and the database, and make the application.

    Args:
        settings: From SERVER.toml.
        clock: What time it is.

    Raises:
        StorageError: The data_dir cannot be written.
        DatabaseError: The database cannot be opened.
    """
    files = MediaFiles(settings.data_dir)
    store = Store.open(settings.database_url)
    cases = Cases(store, files, clock)
    sessions = Sessions(settings.token, clock)
    pages = Pages(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        store.close()

    app = FastAPI(title="Droptrace", version=version(), lifespan=lifespan, docs_url=None, redoc_url=None)
    app.add_middleware(Guard, sessions=sessions)
    add_problem_handlers(app, pages.render_problem)
    bearer = [Depends(HTTPBearer(auto_error=False))]  # for OpenAPI; the guard does the work
    app.include_router(intake_routes(Intake(settings, store, files, clock)), dependencies=bearer)
    app.include_router(heartbeat_routes(HeartbeatIntake(settings, store, clock)), dependencies=bearer)
    app.include_router(api_routes(store, files, cases), dependencies=bearer)
    app.include_router(box_routes(store, clock), dependencies=bearer)
    app.include_router(health_routes(store))
    app.include_router(login_routes(pages, sessions))
    app.include_router(view_routes(store, cases, pages, ZoneInfo(settings.time_zone), clock))
    app.include_router(box_view_routes(store, pages, clock))
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    return app
