"""Serve's router in a front: it sends each call to the replica that the call names, and tells which ones there are.

The choice itself is the pool's: it needs prompts, loads and losses, and Serve's router sees one call at a time.
"""

from __future__ import annotations

from ray.serve.request_router import PendingRequest, ReplicaID, RequestRouter, RunningReplica

from app.cluster import members

ANY = ""  # whichever replica


class AddressedRouter(RequestRouter):  # type: ignore[misc]  # ray is not installed where mypy runs
    async def choose_replicas(
        self, candidate_replicas: list[RunningReplica], pending_request: PendingRequest | None = None
    ) -> list[list[RunningReplica]]:
        """The keyword argument `to` is a replica's id, or ANY. Serve asks again while it is not there."""
        to = pending_request.kwargs.get("to", ANY) if pending_request else ANY
        return [[each for each in candidate_replicas if to in (ANY, each.replica_id.unique_id)]]

    def update_replicas(self, replicas: list[RunningReplica]) -> None:
        super().update_replicas(replicas)
        self._tell()

    def on_replica_actor_died(self, replica_id: ReplicaID) -> None:
        super().on_replica_actor_died(replica_id)
        self._tell()

    def _tell(self) -> None:
        members.tell(frozenset(each.unique_id for each in self.curr_replicas))
