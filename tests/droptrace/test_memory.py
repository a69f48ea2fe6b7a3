import subprocess
import sys

from droptrace.memory import resident_mb
from tests.droptrace.processes import skip_without_proc

EATER = "import sys; held = b'x' * 200_000_000; print('full', flush=True); sys.stdin.read()"


def test_what_a_process_takes_is_told() -> None:
    skip_without_proc()
    with subprocess.Popen(
        [sys.executable, "-c", EATER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "full\n"
        taken_mb = resident_mb(process.pid)
        process.kill()
    assert taken_mb is not None
    assert 200 < taken_mb < 260
    assert resident_mb(process.pid) is None
