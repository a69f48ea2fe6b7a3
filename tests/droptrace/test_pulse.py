from droptrace.messages import Alive, Message
from droptrace.pulse import Pulse
from vision.clock import ManualClock


def test_pulse_beats_at_once_and_then_once_a_second_however_often_it_is_asked() -> None:
    clock = ManualClock()
    sent: list[Message] = []
    pulse = Pulse(sent.append, clock)
    for _ in range(25):
        pulse.beat()
        clock.advance(0.125)
    # At 0, 1, 2 and 3 s, of 3.1.
    assert sent == [Alive()] * 4


def test_pulse_that_nobody_asks_for_does_not_beat() -> None:
    clock = ManualClock()
    sent: list[Message] = []
    pulse = Pulse(sent.append, clock)
    clock.advance(60.0)
    assert sent == []
    pulse.beat()
    assert sent == [Alive()]
