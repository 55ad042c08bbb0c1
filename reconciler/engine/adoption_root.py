"""A repository that sites are adopted into: folders that are not there are made, what is there changes where it differs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from reconciler.adopt import FILES
from reconciler.engine.adoption import AS_IT_IS, FLEET, FOLDER, Adopted, Wish, adopted
from reconciler.engine.adoption_reading import Seen
from reconciler.engine.adoption_update import updated
from reconciler.engine.opening import open_folder
from reconciler.engine.repository import Repository
from reconciler.model.errors import ReconcilerError
from reconciler.model.kind import Kinds
from reconciler.model.snapshot import Snapshot


@dataclass
class Root:
    """The root of a site-config repository. is_new: files that are there are not edited, but written anew."""

    folder: Path
    kinds: Kinds
    wish: Wish = AS_IT_IS
    is_new: bool = False

    def adopted(self, seen: Seen) -> Adopted:
        """What the site makes of its files. What is wrong with one site is told in its outcome, and stops no other."""
        if seen.snapshot is None:
            return Adopted(seen.site, unread=str(seen.error))
        try:
            return self._adopted(seen.snapshot)
        except ReconcilerError as error:
            return Adopted(seen.site, refused=tuple(str(error).splitlines()))

    def _adopted(self, seen: Snapshot) -> Adopted:
        beside = self.beside(seen.site)
        there = {f"{FOLDER}/{seen.site}/{name}" for name in FILES} & beside.keys()
        if there and not self.is_new:
            return updated(seen, self._repository, self.kinds, is_short=self.wish.is_short)
        return adopted(seen, self.kinds, replace(self.wish, beside=beside))

    def beside(self, site: str) -> dict[str, bytes]:
        """fleet.yaml, and what is in the site's folder."""
        paths = [self.folder / FLEET, *sorted((self.folder / FOLDER / site).glob("*.yaml"))]
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in paths if path.is_file()}

    @cached_property
    def _repository(self) -> Repository:
        return open_folder(self.folder, self.kinds)
