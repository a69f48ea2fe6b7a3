from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.running import Centre, running, settings_in


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with running(settings_in(tmp_path)) as one:
        yield one
