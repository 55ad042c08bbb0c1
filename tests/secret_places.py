"""Every place where a secret may stand, one row each: whose word it is, and the test that has a canary there.

`references` finds the places that the schemas have, `variables` those of the program's environment. A place of theirs
without a row, or a row without a place, fails tests/test_secret_places.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

import reconciler
from reconciler.clients.derived import _Section
from reconciler.clients.endpoints import Entry, Keystone
from reconciler.clients.forges.settings import ForgeFile
from reconciler.clients.oidc_file import Oidc
from reconciler.desired.json_schemas import schemas
from reconciler.desired.secret_keys import REFERENCES
from reconciler.engine.notifiers.settings import Notifications

CONTROLLER = "tests/e2e/test_canaries.py::test_a_controller_tells_no_secret_of_services_that_repeat_all_they_are_sent"
ONBOARDING = "tests/e2e/test_canaries.py::test_nothing_is_told_of_the_passwords_of_a_new_site_that_dcmanager_repeats"
CENTRE = (
    "tests/e2e/test_canaries_centre.py::test_nothing_is_told_of_what_lets_us_into_the_centre_and_the_sites_behind_it"
)
PEERS = (
    "tests/e2e/test_canaries_peers.py::test_nothing_is_told_of_what_lets_us_into_another_centre_or_takes_its_sites_over"
)
VAULT = "tests/e2e/test_canaries_vault.py::test_nothing_is_told_of_the_role_by_which_vault_lets_us_in"
GIT = "tests/sources/test_access.py::test_without_the_right_token_we_are_told_so_and_nothing_asks"
PIPELINE = "tests/cli/test_pipeline.py::test_the_token_is_named_and_never_read_here"
ENVIRONMENT = "environment"


@dataclass(frozen=True)
class Place:
    """path: the way to the reference in its file, `*` for any name. canary: the one that stands there in the test."""

    file: str
    path: str
    canary: str
    tried_in: str

    @property
    def steps(self) -> tuple[str, ...]:
        """The way to what holds the reference: where somebody who knows no better writes the secret itself."""
        return tuple(step for step in self.path.split(".") if step not in REFERENCES)


def _levels(path: str, canary: str, tried_in: str) -> Iterator[Place]:
    """What a site, its group or the defaults may say."""
    yield Place("site", path, canary, tried_in)
    yield from (Place("fleet", f"{level}.{path}", canary, tried_in) for level in ("groups.*", "defaults"))


PLACES: tuple[Place, ...] = (
    Place("site", "secrets.*.secretRef", "bmc", CONTROLLER),
    Place("site", "secrets.*.keyRef", "key", CONTROLLER),
    Place("site", "system.applications.*.charts.*.*.values.*_token", "chart", CONTROLLER),
    *_levels("subcloud.sysadmin.secretRef", "sysadmin", ONBOARDING),
    *_levels("subcloud.board.secretRef", "board", ONBOARDING),
    *_levels("backup.sysadmin.secretRef", "backup", CONTROLLER),
    *_levels("software.prestage.sysadmin.secretRef", "prestage", CENTRE),
    Place("fleet", "systemController.credentials.password.secretRef", "central", CENTRE),
    Place("fleet", "central.peers.*.managerPassword.secretRef", "peer", PEERS),
    Place("fleet", "central.peerGroups.*.migrate.sysadmin.secretRef", "migrate", PEERS),
    Place("install-values", "*_password", "install", ONBOARDING),
    Place("bootstrap-values", "*password", "registry", ONBOARDING),
    Place("endpoints", "endpoints.*.credentials.password.secretRef", "site", CONTROLLER),
    Place("endpoints", "endpoints.*.boards.*.credentials.password.secretRef", "site", CONTROLLER),
    Place("endpoints", "systemController.credentials.password.secretRef", "site", CONTROLLER),
    Place("endpoints", "derived.credentials.password.secretRef", "derived", CENTRE),
    Place("endpoints", "derived.boards.*.credentials.password.secretRef", "derived", CENTRE),
    Place("notifications", "notifiers.Webhook.url.secretRef", "webhook-url", CONTROLLER),
    Place("notifications", "notifiers.Webhook.signingKey.secretRef", "webhook-key", CONTROLLER),
    Place("notifications", "notifiers.Slack.url.secretRef", "slack-url", CONTROLLER),
    Place("notifications", "notifiers.Teams.url.secretRef", "teams-url", CONTROLLER),
    Place("notifications", "notifiers.Mail.password.secretRef", "mail-password", CONTROLLER),
    Place("notifications", "notifiers.Alertmanager.token.secretRef", "alertmanager-token", CONTROLLER),
    Place("forge", "token.secretRef", "forge-token", CONTROLLER),
    Place(ENVIRONMENT, "STXR_API_TOKEN", "api-token", CONTROLLER),
    Place(ENVIRONMENT, "STXR_WEBHOOK_SECRETS", "webhook-secret", CONTROLLER),
    Place(ENVIRONMENT, "STXR_DATABASE", "database", CONTROLLER),
    Place(ENVIRONMENT, "STXR_SOPS_AGE_KEY", "age", CONTROLLER),
    Place(ENVIRONMENT, "SOPS_AGE_KEY_FILE", "age", CONTROLLER),
    Place(ENVIRONMENT, "VAULT_TOKEN", "vault", CONTROLLER),
    Place(ENVIRONMENT, "VAULT_ROLE_ID", "role-id", VAULT),
    Place(ENVIRONMENT, "VAULT_SECRET_ID", "secret-id", VAULT),
    Place(ENVIRONMENT, "VAULT_K8S_TOKEN_FILE", "account", VAULT),
    Place(ENVIRONMENT, "STXR_GIT_CREDENTIALS", "git", GIT),
    Place(ENVIRONMENT, "STXR_GIT_PASSWORD", "git", GIT),
    Place(ENVIRONMENT, "STXR_FORGE_TOKEN", "forge-token", PIPELINE),
)

FREE = ("system.applications.*.charts.*.*.values.*_token", "*_password", "*password")
"""Of maps whose keys are others': a secret is known there by its key's name, and no schema has it."""

NO_SECRET = frozenset(
    ("STXR_REPO", "STXR_PATH", "STXR_ENDPOINTS", "STXR_STATE", "STXR_REPLICA", "STXR_REPLICAS", "STXR_FORGE", "STXR_OIDC",
     "STXR_GIT_USERNAME", "STXR_NOTIFICATIONS", "STXR_KEEP_HISTORY", "STXR_KEEP_AUDIT")
)  # fmt: skip


def canaries_of(test: str) -> frozenset[str]:
    """Those that a test has to have in their places."""
    return frozenset(place.canary for place in PLACES if place.tried_in == test)


def files() -> Mapping[str, Mapping[str, Any]]:
    """The schema of every file that may hold a reference."""
    endpoints = {
        "properties": {
            "endpoints": {"additionalProperties": Entry.model_json_schema()},
            "systemController": Keystone.model_json_schema(),
            "derived": _Section.model_json_schema(),
        }
    }
    own = {"forge": ForgeFile.model_json_schema(), "oidc": Oidc.model_json_schema()}
    return {**schemas(), **own, "endpoints": endpoints, "notifications": TypeAdapter(Notifications).json_schema()}


def places_of_schemas() -> frozenset[tuple[str, str]]:
    return frozenset((file, ".".join(path)) for file, schema in files().items() for path in references(schema))


def references(schema: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """The ways to what a schema says is a reference."""
    return _below(schema, schema.get("$defs", {}), (), ())


def _below(
    part: Mapping[str, Any], defined: Mapping[str, Any], path: tuple[str, ...], inside: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    defined = {**defined, **part.get("$defs", {})}
    if (name := part.get("$ref", "").rpartition("/")[2]) and name not in inside:
        yield from _below(defined[name], defined, path, (*inside, name))
    forms = [one for kind in ("anyOf", "oneOf", "allOf") for one in part.get(kind, ())]
    for one in (*forms, *(part[kind] for kind in ("then", "else") if kind in part)):
        step = (one["$ref"].rpartition("/")[2],) if "discriminator" in part else ()
        yield from _below(one, defined, (*path, *step), inside)
    for member, said in part.get("properties", {}).items():
        if member in REFERENCES:
            yield (*path, member)
        else:
            yield from _below(said, defined, (*path, member), inside)
    if isinstance(items := part.get("items"), Mapping):
        yield from _below(items, defined, path, inside)
    for every in (part.get("additionalProperties"), *part.get("patternProperties", {}).values()):
        if isinstance(every, Mapping):
            yield from _below(every, defined, (*path, "*"), inside)


def variables() -> frozenset[str]:
    """Every variable of its own that the program reads; those of Vault have a table in docs/secrets.md."""
    sources = (Path(reconciler.__file__).parent).rglob("*.py")
    named = (re.findall(r"\"((?:STXR|SOPS)_[A-Z_]*[A-Z])\"", source.read_text()) for source in sources)
    return frozenset(name for names in named for name in names)


def written(place: Place, leaf: object) -> dict[str, object]:
    """The least of a file that says this at its place, in the stead of a reference."""
    said: object = leaf
    for step in reversed(place.steps):
        said = {step.replace("*_", "a_").replace("*", "a", 1): said}
    return dict(said) if isinstance(said, dict) else {}
