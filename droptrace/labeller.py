"""Asks a network what the tracks that may be falls look like, beside the watching."""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import structlog

from models.errors import ModelError
from models.keeper import Crop
from models.likelihood import Likelihood
from models.network import Detector
from models.reading import Reading, read
from tracking.fall import Fall
from tracking.second_opinion import weigh

_MOST_WAITING = 32
_MOST_REMEMBERED = 256
_LONGEST_WAIT_S = 2.0


class Labeller:
    """One thread with one network. When more is asked than it can read, falls go on without its opinion."""

    def __init__(self, open_detector: Callable[[], Detector], likelihood: Likelihood, *, is_live: bool) -> None:
        """Ask nothing yet.

        Args:
            open_detector: Loads the network, when it is asked for the first time: most cameras see nothing for days.
            likelihood: What its readings are worth.
            is_live: Whether frames come by themselves, so that nothing may wait; of a recording everything is read.
        """
        self._open = open_detector
        self._detector: Detector | None = None
        self._likelihood = likelihood
        self._is_live = is_live
        self._waiting: deque[tuple[Sequence[Crop], Future[list[Reading]]]] = deque()
        self._asked: dict[int, Future[list[Reading]]] = {}
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="labeller")
        self._is_broken = False
        self.unread = 0

    def ask(self, fall: Fall, crops: Sequence[Crop]) -> None:
        """Let the crops of a fall's track be read, if there is a network and time."""
        if self._is_broken or not crops or fall.verdict == "rejected":
            return
        if self._is_live and len(self._waiting) >= _MOST_WAITING:
            self.unread += 1
            return
        asked: Future[list[Reading]] = Future()
        self._asked[fall.track_id] = asked
        if len(self._asked) > _MOST_REMEMBERED:
            # Of a twin that was merged away nobody wants to know.
            del self._asked[next(iter(self._asked))]
        self._waiting.append((crops, asked))
        self._reader.submit(self._read)

    def opinion(self, fall: Fall) -> Fall:
        """Return a fall judged by its looks too, where its crops have been read."""
        asked = self._asked.pop(fall.track_id, None)
        if asked is None:
            return fall
        try:
            readings = asked.result(_LONGEST_WAIT_S if self._is_live else None)
        except TimeoutError:
            self.unread += 1
            return fall
        except ModelError as error:
            self._give_up(error)
            return fall
        return weigh(fall, self._likelihood.of(readings), _words(readings))

    def close(self) -> None:
        """End the thread; what was not read is left."""
        self._reader.shutdown(cancel_futures=True)

    def _read(self) -> None:
        """Read all that waits by now, in as few passes as it needs."""
        batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
        crops = [crop.pixels for its, _ in batch for crop in its]
        if not crops:
            return
        try:
            self._detector = self._detector or self._open()
            readings = read(self._detector, crops)
        except ModelError as error:
            for _, asked in batch:
                asked.set_exception(error)
        else:
            for its, asked in batch:
                asked.set_result(readings[: len(its)])
                del readings[: len(its)]
        finally:
            # What a fault of the program left open would be waited for without end.
            for _, asked in batch:
                asked.cancel()

    def _give_up(self, error: ModelError) -> None:
        if not self._is_broken:
            self._is_broken = True
            structlog.get_logger("labeller").warning("network_lost", reason=f"{error}; motion alone decides")


def _words(readings: Sequence[Reading]) -> str:
    """Say what most of the crops look like in which something was found."""
    told = Counter(reading.label.replace("_", " ") for reading in readings if reading.label is not None)
    name, count = told.most_common(1)[0] if told else ("nothing in particular", len(readings))
    return f"looks like {name} in {count} of {len(readings)} pictures"
