"""What a box tells of its outbox."""

from pathlib import Path

from droptrace.config import EndpointConfig
from droptrace.dispatch import Backlog, Dispatch
from tests.evidence.scenes import make_incident
from vision.clock import ManualClock


def test_backlog_counts_what_has_not_arrived_and_the_age_of_the_oldest(tmp_path: Path) -> None:
    clock = ManualClock()
    dispatch = Dispatch(tmp_path, EndpointConfig(url="http://127.0.0.1:9/incidents"), clock)
    assert dispatch.backlog() == Backlog(0, None)
    dispatch.add(make_incident())
    clock.advance(90.0)
    dispatch.add(make_incident(release_s=9.0))
    assert dispatch.backlog() == Backlog(2, 90.0)
    dispatch.close()
    # It cannot be asked any more.
    assert dispatch.backlog() == Backlog(2, 90.0)
