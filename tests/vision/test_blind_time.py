"""Blind seconds, counted by hand."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from vision.blind_time import BlindDay, BlindReason, BlindSpell, BlindTime
from vision.clock import ManualClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOON.date()


def at(clock: ManualClock, utc: datetime) -> None:
    clock.advance((utc - clock.utc_now()).total_seconds())


def today(blind: BlindTime) -> dict[BlindReason, object]:
    return {reason: pytest.approx(seconds) for reason, seconds in blind.today.seconds.items()}


def test_seconds_count_from_when_it_began_not_from_when_it_was_told() -> None:
    clock = ManualClock(NOON)
    blind = BlindTime(clock)
    clock.advance(100)
    assert blind.update(None, 0.0, 100.0) is None
    clock.advance(6)
    blind.update("dark", 100.0, 106.0)
    assert blind.spell == BlindSpell("dark", 6.0)
    assert today(blind) == {"dark": 6.0}
    clock.advance(4)
    assert blind.update(None, 108.0, 110.0) == BlindSpell("dark", 8.0)
    assert today(blind) == {"dark": 8.0}


def test_what_is_doubtful_is_not_counted_until_it_is_sure() -> None:
    clock = ManualClock(NOON)
    blind = BlindTime(clock)
    clock.advance(20)
    blind.update("covered", 0.0, 20.0)
    clock.advance(3)
    blind.update("covered", 0.0, 21.0)
    assert today(blind) == {"covered": 21.0}
    clock.advance(2)
    blind.update("covered", 0.0, 25.0)
    assert today(blind) == {"covered": 25.0}


def test_two_reasons_share_no_second() -> None:
    clock = ManualClock(NOON)
    blind = BlindTime(clock)
    clock.advance(30)
    blind.update("no_stream", 10.0, 30.0)
    clock.advance(10)
    assert blind.update("dark", 5.0, 40.0) == BlindSpell("no_stream", 20.0)
    assert today(blind) == {"no_stream": 20.0, "dark": 15.0}  # 5 to 10, and 30 to 40


def test_midnight_begins_a_new_day_within_a_blind_time() -> None:
    clock = ManualClock(datetime(2026, 3, 1, 23, 59, 30, tzinfo=UTC))
    blind = BlindTime(clock)
    clock.advance(20)
    blind.update("no_stream", 0.0, 20.0)
    assert blind.today.day == date(2026, 3, 1)
    assert today(blind) == {"no_stream": 20.0}
    clock.advance(25)
    blind.update("no_stream", 0.0, 45.0)
    assert blind.today.day == date(2026, 3, 2)
    assert today(blind) == {"no_stream": 15.0}
    assert blind.update(None, 45.0, 45.0) == BlindSpell("no_stream", 45.0)


def test_what_is_told_after_midnight_but_was_before_belongs_to_no_new_day() -> None:
    clock = ManualClock(datetime(2026, 3, 1, 23, 59, 30, tzinfo=UTC))
    blind = BlindTime(clock)
    clock.advance(35)
    blind.update("frozen", 0.0, 28.0)
    assert today(blind) == {}
    blind.update("frozen", 0.0, 35.0)
    assert today(blind) == {"frozen": 5.0}


def test_the_day_is_that_of_utc_wherever_the_clock_is() -> None:
    class Local(ManualClock):
        def utc_now(self) -> datetime:
            return super().utc_now().astimezone(timezone(timedelta(hours=8)))

    assert BlindTime(Local(datetime(2026, 3, 1, 20, tzinfo=UTC))).today.day == date(2026, 3, 1)


def test_a_restart_goes_on_with_the_same_day_and_counts_the_time_between() -> None:
    clock = ManualClock(NOON)
    blind = BlindTime(clock, BlindDay(TODAY, {"dark": 7.0}), away_s=12.0)
    assert blind.spell == BlindSpell("restarting", 0.0)
    clock.advance(1.5)
    assert blind.update(None, 1.5, 1.5) == BlindSpell("restarting", 13.5)
    assert today(blind) == {"dark": 7.0, "restarting": 13.5}


def test_a_restart_on_another_day_counts_from_midnight_alone() -> None:
    clock = ManualClock(datetime(2026, 3, 2, 0, 1, tzinfo=UTC))
    blind = BlindTime(clock, BlindDay(TODAY, {"dark": 7.0}), away_s=3600.0)
    assert blind.update(None, 0.0, 0.0) == BlindSpell("restarting", 3600.0)
    assert today(blind) == {"restarting": 60.0}


def test_a_wall_clock_that_is_set_makes_no_blind_time() -> None:
    class Set(ManualClock):
        ahead_s = 0.0

        def utc_now(self) -> datetime:
            return super().utc_now() + timedelta(seconds=self.ahead_s)

    clock = Set(NOON)
    blind = BlindTime(clock)
    clock.advance(10)
    blind.update("dark", 0.0, 10.0)
    clock.ahead_s = -3600.0
    clock.advance(10)
    blind.update("dark", 0.0, 20.0)
    assert today(blind) == {"dark": 20.0}


def test_moments_count_only_while_it_is_not_blind_anyway() -> None:
    clock = ManualClock(NOON)
    blind = BlindTime(clock)
    clock.advance(10)
    blind.add("overloaded", 0.04)
    blind.update("dark", 8.0, 10.0)
    blind.add("overloaded", 0.04)
    assert today(blind) == {"overloaded": 0.04, "dark": 2.0}


def test_blind_time_that_turns_out_to_have_begun_earlier_takes_no_second_of_another_reason() -> None:
    clock = ManualClock(NOON)
    blind = BlindTime(clock)
    clock.advance(100)
    blind.update("dark", 10.0, 20.0)
    blind.update(None, 20.0, 60.0)
    blind.update("no_stream", 60.0, 100.0)
    blind.update("no_stream", 50.0, 100.0)
    assert blind.spell == BlindSpell("no_stream", 50.0)
    blind.update("no_stream", 5.0, 100.0)
    assert today(blind) == {"dark": 10.0, "no_stream": 85.0}  # 5 to 10, and 20 to 100
