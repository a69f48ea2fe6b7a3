"""The commands that make networks, from scenes and from what people decided to exported weights."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from droptrace.logs import configure_logs
from droptrace.progress_bar import progress_bar
from droptrace.signals import loading
from models.format import Format

network_commands = typer.Typer()


@network_commands.command()
def crops(
    out: Annotated[Path, typer.Option(help="Folder for the data set.")],
    scenes: Annotated[int, typer.Option(help="Scenes to learn from; a fifth as many again to test.", min=5)] = 160,
    backgrounds: Annotated[Path | None, typer.Option(help="Folder of facade photographs (JPEG).")] = None,
    workers: Annotated[int, typer.Option(help="Scenes rendered at once; 0 takes all cores.", min=0)] = 0,
) -> None:
    """Render a data set of motion crops for a network; goes on where it stopped."""
    with loading():
        from droptrace.motion_data import Order, write_motion_data

    configure_logs()
    with progress_bar() as bar:
        task = bar.add_task("crops", total=None)

        def show(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, description=name or "crops")

        tenth = max(scenes // 10, 1)
        order = Order({"train": scenes, "val": tenth, "test": tenth}, backgrounds, workers or os.cpu_count() or 1)
        counts = write_motion_data(order, out, show)
    for name, count in counts.most_common():
        typer.echo(f"{name} {count}")


@network_commands.command()
def train(
    config: Annotated[Path, typer.Option(metavar="TRAIN.toml", help="What to learn from, and how.")],
) -> None:
    """Train a network on motion crops; goes on where it stopped."""
    with loading():
        from droptrace.train import load_training_plan
        from models.training import Epoch
        from models.training import train as run_training

    configure_logs()
    plan = load_training_plan(config)
    with progress_bar() as bar:
        task = bar.add_task("training", total=plan.epochs)

        def show(epoch: Epoch) -> None:
            bar.update(task, completed=epoch.done, description=f"training, mAP50 {epoch.map50:.3f}")

        best = run_training(plan, show)
    typer.echo(str(best))


@network_commands.command()
def assess(
    network: Annotated[Path, typer.Argument(metavar="NETWORK.onnx", help="What was exported.")],
    data: Annotated[Path, typer.Option(help="Data set of droptrace crops.")],
    out: Annotated[Path, typer.Option(help="Folder for the model card and the entry of the registry.")],
    name: Annotated[str, typer.Option(help="What the network is to be called.")] = "droptrace-motion",
    credit: Annotated[str, typer.Option(help="Whose photographs it learnt from, and their licence.")] = "",
) -> None:
    """Measure a network on scenes it has not learnt from; write its model card and its entry of the registry."""
    with loading():
        from droptrace.assess import assess_network

    configure_logs()
    for path in assess_network(network, data, out, name, credit):
        typer.echo(str(path))


@network_commands.command()
def export(
    weights: Annotated[Path, typer.Argument(metavar="WEIGHTS.pt", help="A network that was trained by Ultralytics.")],
    out: Annotated[Path, typer.Option(help="Folder for the results.")],
    formats: Annotated[
        list[Format] | None,
        typer.Option("--format", help="May be given more than once; onnx by default."),
    ] = None,
) -> None:
    """Make of a trained network what edge boxes run; print the SHA-256 of each file."""
    with loading():
        from models.export import export as run_export

    for file in run_export(weights, out, formats or [Format.ONNX]):
        typer.echo(f"{file.sha256}  {file.path}")


@network_commands.command()
def export_labels(
    config: Annotated[Path, typer.Argument(metavar="SERVER.toml", help="File of the command centre.")],
    out: Annotated[Path, typer.Option(help="Folder for the data set.")],
) -> None:
    """Export what people confirmed and refused as labelled crops, to train a network with."""
    with loading():
        from droptrace.export_labels import export_labels as run_export
        from server.settings import load_settings

    configure_logs()
    settings = load_settings(config)
    with progress_bar() as bar:
        task = bar.add_task("incidents", total=None)
        made = run_export(settings, out, lambda done, total: bar.update(task, completed=done, total=total))
    for problem in made.problems:
        typer.echo(f"droptrace: {problem}", err=True)
    typer.echo(json.dumps({**asdict(made), "problems": len(made.problems)}))
