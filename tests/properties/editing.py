"""Edits of site files that change no value: what an author may do without anybody having to review a plan anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from hypothesis import strategies as st

from tests.properties.documents import Document, Shape, documents_text, files_of

LAYER = "moved"


@st.composite
def edits(draw: st.DrawFn, shape: Shape, written: st.SearchStrategy[list[Document]]) -> tuple[str, dict[str, str]]:
    """(a site's own deployment-config, all of its files after an edit that moves no value of it)."""
    documents = draw(written)
    moved = draw(st.lists(st.sampled_from(range(len(documents))), unique=True)) if documents else []
    stay = [d for n, d in enumerate(documents) if n not in moved]
    down = [documents[n] for n in moved]
    split, rest = _split(draw, stay)
    own, layer = (draw(_rewritten(part)) for part in (rest, [*down, *split]))
    files = files_of(shape.site, own)
    settings = f"subclouds/{shape.site}/site.yaml"
    files[settings] = (
        files[settings]
        .replace("layers:\n", "layers:  # one more\n")
        .replace("- aio-sx-ran\n", f"- aio-sx-ran\n- {LAYER}\n")
    )
    files[f"profiles/{LAYER}/deployment-config.yaml"] = layer or "# nothing here\n"
    return documents_text(documents), files


def _split(draw: st.DrawFn, documents: list[Document]) -> tuple[list[Document], list[Document]]:
    """Some values of some documents in a document of the same name below; the rest where it was."""
    below: list[Document] = []
    above: list[Document] = []
    for document in documents:
        spec: Mapping[str, Any] = document["spec"]
        chosen = draw(st.lists(st.sampled_from(sorted(spec)), unique=True)) if spec else []
        if chosen:
            below.append({**document, "spec": {k: v for k, v in spec.items() if k in chosen}})
        above.append({**document, "spec": {k: v for k, v in spec.items() if k not in chosen}})
    return below, above


@st.composite
def _rewritten(draw: st.DrawFn, documents: list[Document]) -> str:
    """The same documents in another order, their keys in another order, with comments and blank lines between."""
    if not documents:
        return ""
    ordered = draw(st.permutations(documents))
    text = "---\n".join(yaml.safe_dump(_shuffled(draw, dict(d)), sort_keys=False) for d in ordered)
    remark = draw(st.sampled_from(["", "\n", "# by hand\n", "# mtu: 1\n\n"]))
    return "".join(remark + line for line in text.splitlines(keepends=True))


def _shuffled(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shuffled(draw, value[key]) for key in draw(st.permutations(list(value)))}
    return [_shuffled(draw, member) for member in value] if isinstance(value, list) else value
