"""TRAIN.toml: what a network is to learn from."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from droptrace.config import read_toml
from droptrace.errors import ConfigError
from models.training import TrainingPlan


class _TrainingConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Annotated[list[str], Field(min_length=1)]
    out: str
    epochs: int = Field(default=60, ge=1, le=1000)
    patience: int = Field(default=15, ge=1)
    batch: int = Field(default=4, ge=1, le=256)
    seed: int = Field(default=0, ge=0)
    device: str = Field(default="auto", pattern=r"^(auto|cpu|[0-9]+(,[0-9]+)*)$")
    learning_rate: float = Field(default=0.002, gt=0, le=0.1)


def load_training_plan(path: Path) -> TrainingPlan:
    """Read TRAIN.toml; relative paths in it start at its own folder.

    Raises:
        ConfigError: It cannot be read, or something in it is wrong; the message names the key.
    """
    table = read_toml(path, "what a training is asked for")
    try:
        config = _TrainingConfig.model_validate(table)
    except ValidationError as error:
        worst = error.errors()[0]
        key = ".".join(str(part) for part in worst["loc"])
        known = ", ".join(_TrainingConfig.model_fields)
        raise ConfigError(f"{path}: {key}: {worst['msg']}; known here are {known}") from error
    return TrainingPlan(
        tuple(path.parent / folder for folder in config.data),
        path.parent / config.out,
        **config.model_dump(exclude={"data", "out"}),
    )
