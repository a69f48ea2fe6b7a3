"""`droptrace edge EDGE.toml` on a machine whose clock follows a time server, whatever that of this one does."""

import signal
import sys
from pathlib import Path

from droptrace.config import load_edge_config
from droptrace.edge import EdgeBox
from droptrace.kernel_clock import ClockSync
from droptrace.logs import configure_logs
from droptrace.service_manager import ServiceManager
from vision.clock import SystemClock


def main(config: Path) -> None:
    """Run the box until SIGTERM."""
    configure_logs(verbose=True)
    clock = SystemClock()
    box = EdgeBox(
        lambda: load_edge_config(config),
        clock,
        ServiceManager(None, clock),
        tell=lambda _message: None,
        read_sync=lambda: ClockSync(is_synchronised=True, error_s=0.01),
    )
    signal.signal(signal.SIGTERM, lambda _number, _frame: box.stop())
    signal.signal(signal.SIGHUP, lambda _number, _frame: box.reload())
    box.run(drain_s=0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
