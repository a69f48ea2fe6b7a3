from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.running import Centre, Host, settings_in


@pytest.fixture(scope="session")
def host() -> Iterator[Host]:
    one = Host()
    yield one
    one.close()


@pytest.fixture
def centre(tmp_path: Path, host: Host) -> Iterator[Centre]:
    with host.running(settings_in(tmp_path)) as one:
        yield one
