"""What a site was bootstrapped with and nobody reads again: an edit of it is told, and never acted on.

dcmanager keeps no hash of the values (distcloud dcmanager/db), and no API of the site shows most of them: what the site
has is what the commit said by which it was deployed, as we noted it then. `model.subcloud_keys` says of every key what
becomes of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated

from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.subcloud_keys import Later, class_of
from reconciler.model.told import in_text, told
from reconciler.model.unshown import ReadOnce
from reconciler.model.value_text import ValueText, in_short
from reconciler.model.words import Area, Severity

REPORTED = frozenset((Later.ONCE, Later.DOCUMENTS))
TAKES = (
    "read once, when the site was bootstrapped: it takes a redeployment (subcloud.redeploy), which loses all that is "
    "on the site, or the old value in Git"
)
ROWS = frozenset(("name", "description", "location", "software_version", "release"))  # other kinds say these


class BootstrapValues(Spec):
    """digest: of all values together. keys: each with its own, as JSON."""

    digest: str | None = None
    keys: Annotated[ValueText | None, Attr(send_only=True)] = None


def spec(keys: Mapping[str, str]) -> BootstrapValues:
    """Of the digests of the values that count, by key."""
    text = json.dumps(dict(keys), sort_keys=True)
    return BootstrapValues(digest=in_short(text), keys=text)


def declare(site: Site) -> Iterator[Resource[BootstrapValues]]:
    if site.bootstrap_values is None:
        return
    said = told(site.bootstrap_values)
    keys = {key: in_short(in_text({key: value})) for key, value in said.items() if _counts(key)}
    made = spec(keys)
    yield KIND.declared(site.bootstrap_values, digest=Given(made.digest), keys=Given(made.keys))


def _counts(key: str) -> bool:
    return key not in ROWS and class_of(key).later in REPORTED


def read(rows: Rows) -> Iterable[Resource[BootstrapValues]]:  # noqa: ARG001 - no API shows them
    return ()


def deployed(keys: Mapping[str, str]) -> Resource[BootstrapValues]:
    """What a site was deployed with, as a resource."""
    return Resource(ResourceKey(KIND.name, ""), spec(keys))


def keys_of(resource: Resource[BootstrapValues]) -> Mapping[str, str]:
    found: Mapping[str, str] = json.loads(resource.spec.keys or "{}")
    return found


def write(changes: Sequence[Change[BootstrapValues]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    return ()


def impossible(change: Change[BootstrapValues], context: Context) -> str:  # noqa: ARG001
    """Always; which values, and by what each can be changed, if by anything."""
    was = keys_of(change.observed) if change.observed else {}
    now = keys_of(change.desired) if change.desired else {}
    edited = sorted(key for key in {*was, *now} if was.get(key) != now.get(key))
    classes = {key: class_of(key) for key in edited}
    once = [key for key in edited if classes[key].later is Later.ONCE]
    elsewhere = [f"{key} is changed by {classes[key].how}" for key in edited if classes[key].later is Later.DOCUMENTS]
    lost = [f"{', '.join(once)}: {TAKES}"] if once else []
    return "; ".join([*elsewhere, *lost])


def is_usual(resource: Resource[BootstrapValues], snapshot: Snapshot) -> bool:  # noqa: ARG001
    return True


KIND = ResourceKind(
    name="bootstrap-values",
    spec=BootstrapValues,
    area=Area.SYSTEM,
    collections=(),
    declare=declare,
    read=read,
    write=write,
    impossible=impossible,
    built_in=is_usual,
    is_usual=is_usual,
    severity=Severity.INFO,
    deletion=Deletion(never="nothing undoes a bootstrap"),
    is_made=False,
    read_once=ReadOnce(keys_of, deployed),
    documents=("bootstrap-values.yaml",),
    about=About(
        words={
            "digest": "All values together, without those that a call of dcmanager changes.",
            "keys": "Each value by its digest.",
        },
        costs="An edit is never acted on: what it would take is told.",
        sources=("distcloud dcmanager/common/phased_subcloud_deploy.py", "docs/reference/bootstrap-values.md"),
    ),
)
