"""The program `droptrace`: one command a job.

Each command imports what it needs when it runs: all parts together take two seconds to load, which neither `--help` nor
the process of a camera, which loads this file again, should pay for.
"""

import os
import signal
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.errors import BenchmarkError, DatasetError
from droptrace.camera_memory import keep_children_small
from droptrace.errors import ConfigError, DroptraceError
from droptrace.job import FALSE_ALARMS_AN_HOUR
from droptrace.logs import configure_logs, priority_prefix
from droptrace.network_commands import network_commands
from droptrace.progress_bar import progress_bar
from droptrace.signals import END, ignore_interrupts, let_through, loading, take_interrupts
from evidence.errors import EvidenceError
from floors.errors import SiteError
from models.errors import ModelError
from samples.errors import BackgroundError, SampleError, UnknownSuiteError
from server.errors import ServerError, SettingsError
from vision.errors import VisionError

_USAGE = (ConfigError, SiteError, SettingsError, DatasetError, UnknownSuiteError, BackgroundError)
_FAILED = (DroptraceError, EvidenceError, VisionError, ServerError, BenchmarkError, SampleError, ModelError)
_INTERRUPTED = 130  # what typer makes of an interrupt

app = typer.Typer(
    name="droptrace",
    help="Sees what falls from a tower, traces it back to the floor and the window, and delivers the evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(network_commands)
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Log events as they happen.")]


def main(arguments: list[str] | None = None, *, command: str | None = None, program: str = "droptrace") -> int:
    """Run a command line and return its exit status: 0 done, 1 failed, 2 wrong usage or configuration.

    Args:
        arguments: Those of this process by default.
        command: Run this command alone: the arguments are its own.
        program: Name of the program in its help.
    """
    try:
        take_interrupts()
        return _run(arguments, command, program)
    except KeyboardInterrupt:
        # It came when the command was all but over.
        return _stopped()
    finally:
        ignore_interrupts()


def _run(arguments: list[str] | None, command: str | None, program: str) -> int:
    runner = typer.main.get_command(app)
    if command is not None:
        runner = typer.main.get_group(app).commands[command]
    try:
        runner.main(args=arguments, prog_name=program)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        return _stopped() if status == _INTERRUPTED else status
    except _USAGE as error:
        _say(str(error))
        return 2
    except _FAILED as error:
        _say(str(error))
        return 1
    return 0


def _stopped() -> int:
    ignore_interrupts()
    _say("stopped")
    return 1


def _say(words: str) -> None:
    sys.stderr.write(f"{priority_prefix('error')}droptrace: {words}\n")


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"droptrace {version('droptrace')}")
        raise typer.Exit


@app.callback()
def _common(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Hold the options of the program itself."""


@app.command()
def detect(
    clip: Annotated[str, typer.Argument(metavar="CLIP", help="A recorded file, or a folder of images.")],
    out: Annotated[Path, typer.Option(help="Folder for the evidence packages.")],
    site: Annotated[Path | None, typer.Option(help="Site file; without it no floor is named.")] = None,
    false_alarms_an_hour: Annotated[
        float,
        typer.Option(help="Accepted; the fewer, the more evidence a fall needs.", min=0.001, max=100),
    ] = FALSE_ALARMS_AN_HOUR,
    everything: Annotated[bool, typer.Option("--all", help="Print rejected tracks too, with why.")] = False,
    verbose: Verbose = False,
) -> None:
    """Find what falls in one recording; print one JSON object a line for each fall."""
    with loading():
        from droptrace import messages
        from droptrace.detect import detect as run_detect
        from droptrace.job import CameraJob
        from evidence.facts import fall_line

    configure_logs(verbose=verbose)
    keep_children_small()
    job = CameraJob(
        *(clip, site, out, "detect"),
        keep_rejected=everything,
        false_alarms_an_hour=false_alarms_an_hour,
        verbose=verbose,
    )
    if job.is_camera:
        raise ConfigError(f"{job.name} is an address, not a recording; cameras are watched by droptrace edge")
    with progress_bar() as bar:
        task = bar.add_task(clip, total=None)

        def show(progress: messages.Progress) -> None:
            bar.update(task, completed=progress.frames, description=f"{clip} {progress.time_s:.1f} s")

        found = run_detect(job, show)
    for finding in found.findings:
        typer.echo(fall_line(finding.incident, finding.package))
    if found.problems:
        raise DroptraceError("; ".join(dict.fromkeys(found.problems)))
    if found.is_interrupted:
        raise DroptraceError(f"{clip}: stopped at {found.time_s:.1f} s; what was found until then is printed and kept")


@app.command()
def edge(
    config: Annotated[Path, typer.Argument(metavar="EDGE.toml", help="What to watch and where work orders go.")],
    drain_s: Annotated[float, typer.Option(help="After the last recording: longest wait for deliveries, s.")] = 60.0,
    verbose: Verbose = False,
) -> None:
    """Watch cameras for ever, keep evidence on disk, deliver work orders to the endpoint."""
    with loading():
        from droptrace import messages
        from droptrace.config import load_edge_config
        from droptrace.edge import make_edge_box
        from evidence.facts import fall_line

    configure_logs(verbose=verbose)
    keep_children_small()

    def tell(message: messages.Message) -> None:
        match message:
            case messages.FallJudged(incident):
                typer.echo(fall_line(incident, None))
            case messages.PackageWritten(_, folder):
                typer.echo(f"evidence: {folder}", err=True)

    box = make_edge_box(lambda: load_edge_config(config), verbose=verbose, tell=tell)
    for number in END:
        signal.signal(number, lambda _number, _frame: box.stop())
    signal.signal(signal.SIGHUP, lambda _number, _frame: box.reload())
    # Held since the program began to load.
    let_through((signal.SIGHUP,))
    box.run(drain_s=drain_s)
    if box.failures:
        words = "; ".join(dict.fromkeys(box.failures))
        raise ConfigError(words) if box.is_misconfigured else DroptraceError(words)


@app.command()
def status(
    config: Annotated[Path, typer.Argument(metavar="[EDGE.toml]", help="What the box runs with.")] = Path("edge.toml"),
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line: the box, then each camera.")] = False,
) -> None:
    """Tell how a running edge box and its cameras do; exit status 0 when all of them see."""
    with loading():
        from droptrace.config import load_edge_config
        from droptrace.status_file import read_status
        from droptrace.status_view import status_lines, status_table, trouble
        from vision.clock import SystemClock

    told, now = read_status(Path(load_edge_config(config).data_dir)), SystemClock().utc_now()
    if as_json:
        typer.echo("\n".join(status_lines(told)))
    else:  # Wider than the terminal where need be: a table that was cut would say less.
        Console(width=1000, height=25).print(status_table(told, now))
    if words := trouble(told, now):
        raise DroptraceError(words)


@app.command()
def cameras(
    host: Annotated[
        str | None, typer.Option(metavar="HOST[:PORT]", help="Ask this camera alone; otherwise the local network.")
    ] = None,
    interface: Annotated[str | None, typer.Option(help="Network interface to ask through, such as eth0.")] = None,
    wait_s: Annotated[float, typer.Option(help="How long cameras may take to answer, s.", min=0.1, max=60)] = 3.0,
    user: Annotated[str | None, typer.Option(envvar="DROPTRACE_CAMERA_USER", help="ONVIF user of the cameras.")] = None,
    password_file: Annotated[
        Path | None, typer.Option(help="Its first line is the password; else DROPTRACE_CAMERA_PASSWORD has it.")
    ] = None,
) -> None:
    """Find cameras by ONVIF; print one JSON object a line for each of their streams."""
    with loading():
        from droptrace.cameras import find_cameras, read_credentials, stream_line, stream_table

    configure_logs()
    credentials = read_credentials(user, password_file)
    found = find_cameras(host, wait_s=wait_s, interface=interface, credentials=credentials)
    if found.streams and sys.stdout.isatty():
        # Wider than the terminal: an address that was cut could not be copied.
        Console(width=1000, height=25).print(stream_table(found.streams))
    else:
        for stream in found.streams:
            typer.echo(stream_line(stream))
    for problem in found.problems:
        _say(problem)
    raise typer.Exit(1 if found.problems else 0)


@app.command()
def serve(
    config: Annotated[Path, typer.Argument(metavar="SERVER.toml", help="Where to listen and keep things.")],
    verbose: Verbose = False,
) -> None:
    """Run the command centre: take incidents in, show them for review, keep work orders."""
    with loading():
        from server.service import serve as run_server
        from server.settings import load_settings

    configure_logs(verbose=verbose)
    run_server(load_settings(config))


@app.command()
def bench(
    datasets: Annotated[list[Path], typer.Argument(metavar="DATASET...", help="Folders of clips with truth.")],
    out: Annotated[Path, typer.Option(help="Folder for results.json, report.html and evidence.")],
    throughput: Annotated[bool, typer.Option(help="Measure speed against decoding alone too.")] = True,
    peers: Annotated[
        bool, typer.Option("--peers", help="Measure other ways to find falls on the same clips too.")
    ] = False,
    without: Annotated[
        list[str] | None, typer.Option(metavar="PART", help="Switch a part off to see what it is worth.")
    ] = None,
) -> None:
    """Measure accuracy and throughput over clips with truth; goes on where it stopped."""
    with loading():
        from droptrace.bench import bench as run_benchmark

    configure_logs()
    raise typer.Exit(run_benchmark(datasets, out, throughput=throughput, peers=peers, without=without or []))


@app.command()
def scene(
    suite: Annotated[str, typer.Argument(metavar="SUITE", help="Name of a suite, such as clear.")],
    out: Annotated[Path, typer.Option(help="Folder for clips, sites and truths.")],
    backgrounds: Annotated[Path | None, typer.Option(help="Folder of facade photographs (JPEG).")] = None,
    workers: Annotated[int, typer.Option(help="Scenes rendered at once; 0 takes all cores.", min=0)] = 0,
) -> None:
    """Render synthetic clips with exact truth and site files; goes on where it stopped."""
    with loading():
        from samples.render import render_suite

    configure_logs()
    with progress_bar() as bar:
        task = bar.add_task(suite, total=None)

        def show(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, description=name or suite)

        paths = render_suite(suite, out, workers=workers or os.cpu_count() or 1, backgrounds=backgrounds, progress=show)
    for path in paths:
        typer.echo(str(path))


@app.command()
def verify(
    package: Annotated[Path, typer.Argument(metavar="PACKAGE", help="Folder of an evidence package.")],
) -> None:
    """Check an evidence package offline: every file against its digests."""
    with loading():
        from evidence.verify import verify_package

    report = verify_package(package)
    for line in report.lines():
        typer.echo(line)
    raise typer.Exit(0 if report.is_ok else 1)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="New or empty folder for everything the demo makes.")] = Path("var/demo"),
    port: Annotated[int, typer.Option(help="Port of the command centre; 0 takes a free one.", min=0, max=65535)] = 0,
) -> None:
    """Run the whole way here: sample clip, detection, evidence, work order, review page."""
    with loading():
        from droptrace.demo import demo as run_demo

    configure_logs()
    run_demo(out, port, stay=sys.stdin.isatty())
