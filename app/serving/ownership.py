"""Which caller each sequence in the engine belongs to."""

from __future__ import annotations

from app.serving.generation import Generation

Owner = tuple[Generation, int]  # the index is that of the sequence within its generation


class Ownership:
    """A two-way map between the engine's sequence ids and their owners. For one thread."""

    def __init__(self) -> None:
        self._owners: dict[int, Owner] = {}
        self._sequence_ids: dict[Owner, int] = {}

    def __len__(self) -> int:
        return len(self._owners)

    @property
    def generations(self) -> set[Generation]:
        return {generation for generation, _ in self._owners.values()}

    @property
    def sequence_ids(self) -> list[int]:
        return list(self._owners)

    def add(self, sequence_id: int, generation: Generation, index: int) -> None:
        self._owners[sequence_id] = generation, index
        self._sequence_ids[generation, index] = sequence_id

    def remove(self, sequence_id: int) -> None:
        del self._sequence_ids[self._owners.pop(sequence_id)]

    def owner(self, sequence_id: int) -> Owner | None:
        return self._owners.get(sequence_id)

    def sequence_id(self, generation: Generation, index: int) -> int | None:
        return self._sequence_ids.get((generation, index))
