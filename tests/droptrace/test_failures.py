from droptrace.failures import MOST_FAILURES, Failures


def test_failures_are_told_in_order() -> None:
    failures = Failures()
    assert failures.words == []
    failures.add("the disk is full")
    failures.add("an order waits")
    assert failures.words == ["the disk is full", "an order waits"]


def test_of_months_of_failures_the_newest_are_told_and_the_number_of_those_before() -> None:
    failures = Failures()
    for number in range(MOST_FAILURES + 980):
        failures.add(f"package {number} was not written")
    before, *newest = failures.words
    assert before == "980 failures before, which are in the log"
    assert newest == [f"package {number} was not written" for number in range(980, 1000)]
