"""What replicas need of the settings, and how many there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from app import model_source
from app.errors import ConfigError
from app.messages.params import ModelSource
from app.settings import Settings, load_settings

APPLICATION = "elbarto"  # its name in Ray Serve


@dataclass(frozen=True)
class ReplicaSettings:
    source: ModelSource
    max_queue: int
    step_timeout_s: float
    log_level: str
    log_format: Literal["text", "json"]


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How many replicas there are, and what each gets. With `max_replicas` above `min_replicas` Ray scales them."""

    min_replicas: int = 1
    max_replicas: int = 1
    num_cpus: int | None = None  # without a GPU; None: one GPU each
    target_sequences: int = 16  # on each replica, running and waiting, that Ray aims at when it scales
    upscale_delay_s: int = 30  # for so long there must be more, before Ray adds a replica
    downscale_delay_s: int = 600  # or fewer, before it removes one
    drain_s: int = 120  # for a replica's sequences, before it ends

    def __post_init__(self) -> None:
        """Raises ConfigError."""
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not field.default and (type(value) is not int or value < 1):
                raise ConfigError(f"{field.name} must be an integer from 1, got {value!r}")
        if self.max_replicas < self.min_replicas:
            raise ConfigError(
                f"max_replicas must be at least min_replicas, {self.min_replicas}, got {self.max_replicas}"
            )

    def front_settings(self, settings: Settings) -> Settings:
        """The front has threads for the requests of all replicas."""
        return replace(
            settings,
            max_sequences=settings.max_sequences * self.max_replicas,
            max_queue=settings.max_queue * self.max_replicas,
        )


def replica_settings(settings: Settings) -> ReplicaSettings:
    return ReplicaSettings(
        model_source(settings), settings.max_queue, settings.step_timeout_s, settings.log_level, settings.log_format
    )


def read_arguments(arguments: Mapping[str, Any]) -> tuple[ReplicaSettings, Scale]:
    """Of a deployment file: settings by name, as in YAML, and fields of Scale. Raises ConfigError."""
    of_scale = {field.name for field in fields(Scale)}
    given = {name: str(value) for name, value in arguments.items() if name not in of_scale}
    numbers = {name: value for name, value in arguments.items() if name in of_scale}
    scale = Scale(**{"max_replicas": numbers.get("min_replicas", 1), **numbers})
    return replica_settings(load_settings(given).settings), scale
