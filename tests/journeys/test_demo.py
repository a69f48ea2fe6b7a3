"""`droptrace demo`: the first thing that somebody tries."""

import re
import resource
from pathlib import Path

from tests.droptrace.program import packages_in, run


def test_demo_shows_the_whole_way_and_ends_by_itself_where_nobody_sits(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    began_s = spent_s()
    outcome = run("demo", "--out", tmp_path / "demo")
    # Of processors, so that other tests beside it take nothing from it.
    assert spent_s() - began_s < 30.0
    assert outcome.status == 0, outcome.stderr
    assert outcome.said == []
    assert re.search(r"^A fall: +confirmed, floor 14, unit 03, at 2\.\d\d s$", outcome.stdout, re.MULTILINE)
    assert "delivered, with all its media" in outcome.stdout
    page = re.search(r"^Review page: +http://127\.0\.0\.1:\d+/incidents/([0-9a-f-]{36})$", outcome.stdout, re.MULTILINE)
    assert page is not None
    (camera,) = packages_in(tmp_path / "demo" / "edge" / "packages")
    assert [path.name for path in packages_in(camera)] == [page[1]]


def spent_s() -> float:
    """Tell how much time of processors all processes that this one started have taken, those that are over."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
