"""Two revisions of the repository and what sites showed last: each site that the change reaches, as a subject of proof."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from reconciler.engine.preview import Edit, Preview, exact, preview
from reconciler.engine.proving import Inventory, Subject
from reconciler.engine.repository import Repository
from reconciler.model.errors import ConfigErrors, ReconcilerError
from reconciler.model.kind import Kinds
from reconciler.model.snapshot import Snapshot

Inventories = Callable[[str], Inventory | None]


def subjects(
    before: Repository, after: Repository, names: Iterable[str], inventories: Inventories, kinds: Kinds
) -> Iterator[Subject]:
    """The sites of these that the change reaches and that were there before.

    What only an installed site can show is not proved: a new site has no inventory. Raises what the head says wrongly.
    """
    for name in names:
        said = _said(before, name)
        if name not in after.names or said is None:
            continue
        wanted, edit = after.desired(name), Edit(said, after.settings(name))
        known = inventories(name)
        found = _exact(wanted, known, edit, kinds)
        found = found or preview(after.site(name), said, wanted, kinds)
        yield Subject(found, wanted, edit, known)


def _exact(wanted: Snapshot, known: Inventory | None, edit: Edit, kinds: Kinds) -> Preview | None:
    """What the inventory needs; None where there is none, or none that can be read: the proof says so."""
    try:
        return exact(wanted, known.read(), kinds, edit) if known else None
    except ReconcilerError:
        return None


def _said(before: Repository, name: str) -> Snapshot | None:
    """What the base says of a site; None where it says nothing, or says it wrongly."""
    try:
        return before.desired(name) if name in before.names else None
    except ConfigErrors:
        return None
