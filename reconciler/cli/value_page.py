"""docs/reference/bootstrap-values.md: what becomes of each bootstrap value once a site is there. Made of the table itself."""

from __future__ import annotations

from reconciler.cli.kind_pages import MADE, table
from reconciler.desired import SET_BY_DCMANAGER, Later, classes

FILE = "bootstrap-values.md"
_WORDS = {
    Later.PATCH: "dcmanager changes it: `PATCH /v1.0/subclouds/<name>`",
    Later.DOCUMENTS: "documents say it from then on",
    Later.STRATEGY: "an orchestrated update changes it",
    Later.ONCE: "read once: only a redeployment changes it, and loses all that is on the site",
}
_TEXT = (
    "bootstrap-values.yaml is read when a site is bootstrapped. What an edit of it does afterwards depends on the key: it is "
    "changed through dcmanager, it is said by the deployment-config or site.yaml instead, or nothing changes it any more. "
    "An edit of what is read once is told, and never acted on. A key that is not listed is read once."
)
_INSTALL = (
    "Values of install-values.yaml are all read at an installation. dcmanager keeps new ones "
    "(`PATCH /v1.0/subclouds/<name>`, `install_values` with `bmc_password`) for the next."
)
_OWN = "dcmanager writes these itself; a site that says one of them cannot be deployed:"


def value_page() -> str:
    rows = (
        (", ".join(f"`{key}`" for key in each.keys.split()), _WORDS[each.later], each.how, each.source)
        for each in classes()
    )
    listed = table(("keys", "changed later", "how", "learned from"), rows)
    own = ", ".join(f"`{key}`" for key in sorted(SET_BY_DCMANAGER))
    return "\n\n".join([MADE, "# Bootstrap values after bootstrap", _TEXT, listed, _INSTALL, f"{_OWN} {own}."]) + "\n"
