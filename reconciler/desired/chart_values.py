"""Values of Helm charts in site.yaml: no secret stands there in clear, and each reference where its value can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.desired.findings import Findings
from reconciler.desired.secret_keys import is_secret, secrets_in_clear
from reconciler.model.helm_values import REFERENCE
from reconciler.model.node import Node
from reconciler.model.reference import IN_DOCUMENTS, IN_DOCUMENTS_IN_WORDS


def check_chart_values(own: Node, findings: Findings) -> None:
    """Refuse what is no reference, without showing it."""
    for values in _values(own):
        for key, node in secrets_in_clear(values):
            message = f"site: {key} stands in clear in Git: give it by reference, {key}: {{secretRef: env:NAME}}"
            findings.refuse(message, node.origin)
        for key, node in _references(values, ""):
            if why := _wrong(key, node):
                findings.refuse(f"site: {key}: {why}", (node.get(REFERENCE) or node).origin)


def _values(own: Node) -> Iterator[Node]:
    applications = own.at("system", "applications")
    for _, application in applications.members() if applications else ():
        charts = application.get("charts")
        for _, namespaces in charts.members() if charts else ():
            for _, chart in namespaces.members():
                if values := chart.get("values"):
                    yield values


def _references(node: Node, under: str) -> Iterator[tuple[str, Node]]:
    """(name, mapping) of all that has a `secretRef`, by the name that it stands under."""
    if node.get(REFERENCE) is not None:
        yield under, node
        return
    for element in node.items():
        yield from _references(element, under)
    for key, member in node.members():
        yield from _references(member, key)


def _wrong(key: str, node: Node) -> str:
    if not re.match(IN_DOCUMENTS, node.text(REFERENCE)):
        return f"its secretRef must be {IN_DOCUMENTS_IN_WORDS}"
    if [name for name, _ in node.members()] != [REFERENCE]:
        return "beside secretRef there is nothing else"
    if not is_secret(key):
        return (
            "a secret is known by its name, on the site as in Git: only under one that ends in password, passphrase, secret, "
            "token or _key can it be compared"
        )
    return ""
