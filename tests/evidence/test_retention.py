"""Which packages may be deleted, as a rule."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evidence.facts import incident_facts
from evidence.incident import ClockReading
from evidence.retention import AgedPackage, departures, happened_utc, hold_path, is_held
from tests.evidence.scenes import make_incident

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1).total_seconds() / 86_400


def aged(*days: float) -> list[AgedPackage]:
    return [AgedPackage(Path(f"{one:g}"), NOW - timedelta(days=one)) for one in days]


@pytest.mark.parametrize(
    ("days", "is_short", "gone"),
    [
        (None, False, []),
        (90, False, [("300", "retention.days"), ("91", "retention.days")]),
        (30, False, [(one, "retention.days") for one in ("300", "91", "90", "31")]),
        (None, True, [(one, "retention.keep_free_gb") for one in ("300", "91", "90", "31")]),
        (
            90,
            True,
            [
                ("300", "retention.days"),
                ("91", "retention.days"),
                ("90", "retention.keep_free_gb"),
                ("31", "retention.keep_free_gb"),
            ],
        ),
        # Whoever calls with less is wrong, and nothing younger goes for it.
        (1, False, [(one, "retention.days") for one in ("300", "91", "90", "31")]),
    ],
)
def test_what_is_older_than_a_limit_goes_oldest_first(
    days: int | None, is_short: bool, gone: list[tuple[str, str]]
) -> None:
    found = departures(aged(31, 90, -400, 300, 30, 0, 91), NOW, days, is_short=is_short)
    assert [(str(one.folder), one.why) for one in found] == gone
    assert [f"{one.age_days:g}" for one in found] == [name for name, _ in gone]


@pytest.mark.parametrize("is_short", [False, True])
def test_what_is_as_old_as_the_limit_stays_and_a_second_later_goes(is_short: bool) -> None:
    days = None if is_short else 30
    assert departures(aged(30), NOW, days, is_short=is_short) == ()
    assert len(departures(aged(30 + SECOND), NOW, days, is_short=is_short)) == 1


def test_an_incident_is_as_old_as_the_later_of_release_and_verdict() -> None:
    incident = replace(make_incident(), detected_utc=NOW, release_utc=NOW - timedelta(days=40))
    assert happened_utc(incident_facts(incident)) == NOW
    assert happened_utc(incident_facts(replace(incident, release_utc=NOW + timedelta(days=2)))) == NOW + timedelta(2)
    assert happened_utc(incident_facts(replace(incident, release_utc=None))) == NOW


@pytest.mark.parametrize("source", ["system", "file", "none"])
def test_nobody_knows_how_old_it_is_where_its_clock_was_not_set(source: str) -> None:
    reading = ClockReading(source, None)  # type: ignore[arg-type]
    assert happened_utc(incident_facts(replace(make_incident(), clock=reading))) is None


def test_facts_that_are_none_have_no_age() -> None:
    assert happened_utc({}) is None
    assert happened_utc(incident_facts(make_incident()) | {"detected_utc": "yesterday"}) is None


def test_a_file_beside_the_package_holds_it_and_so_does_a_link_to_nothing(tmp_path: Path) -> None:
    package = tmp_path / "i-1"
    package.mkdir()
    assert not is_held(package)
    assert hold_path(package) == tmp_path / "i-1.HOLD"
    hold_path(package).symlink_to(tmp_path / "nowhere")
    assert is_held(package)
    hold_path(package).unlink()
    (package / "HOLD").touch()
    assert is_held(package)
