"""Profiles and layered sites as the files of their folders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.adopt.factor import Layered, Profile
from reconciler.adopt.order import SITE
from reconciler.adopt.site import DEPLOYMENT
from reconciler.adopt.text import lines, text
from reconciler.adopt.tree import Document


def profile_files(profile: Profile) -> Mapping[str, str]:
    """The files of a profile's folder: file name -> text."""
    own, upstream = _parted(profile.documents)
    files = {SITE: _mapping(own), DEPLOYMENT: text(upstream)}
    return {name: content for name, content in files.items() if content}


def site_files(site: Layered, head: Mapping[str, Any]) -> Mapping[str, str]:
    """The files of a site's folder; without a deployment-config where its profiles say it all.

    head: how the site is treated, as its site.yaml says it.
    """
    own, upstream = _parted(site.documents)
    values = {"values": site.values} if site.values else {}
    files = {SITE: _mapping({**head, "layers": list(site.layers), **values, **own}), DEPLOYMENT: text(upstream)}
    return {name: content for name, content in files.items() if content}


def _parted(documents: Iterable[Document]) -> tuple[dict[str, Any], list[Document]]:
    documents = tuple(documents)
    own = {key: value for one in documents if one.kind == SITE for key, value in one.spec.items()}
    return own, [one for one in documents if one.kind != SITE]


def _mapping(said: Mapping[str, Any]) -> str:
    return "".join(f"{line}\n" for line in lines(said))
