"""What else writes at a site: somebody's orchestration or software deployment."""

from __future__ import annotations

from dataclasses import dataclass

ENDED = frozenset({"applied", "aborted"})
# a strategy that failed holds no host; it only forbids another one (starlingx/nfv nfv_vim strategy states)
FAILED = frozenset({"build-failed", "build-timeout", "apply-failed", "apply-timeout", "abort-failed", "abort-timeout"})
MOVING = frozenset({"start", "activate", "activate-rollback"})  # `host` is also between two hosts


@dataclass(frozen=True, slots=True)
class Orchestration:
    """VIM's strategy: its type's name (`sw-upgrade`), and its state in VIM's words."""

    name: str
    state: str

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED | FAILED


@dataclass(frozen=True, slots=True)
class Deployment:
    """USM's deployment. From its start to its deletion the system is busy (starlingx/update software)."""

    from_release: str
    to_release: str
    state: str

    @property
    def is_moving(self) -> bool:
        """Something is being done on it this moment; else it waits for the next call (software/states.py)."""
        return self.state in MOVING
