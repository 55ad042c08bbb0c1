"""Names in certificates as sysinv shows them: the text of RFC 4514, the last part first."""

from __future__ import annotations

from reconciler.model import der

_LETTERS = {
    bytes.fromhex(oid): letters
    for oid, letters in {
        "550403": "CN",
        "550406": "C",
        "550407": "L",
        "550408": "ST",
        "55040a": "O",
        "55040b": "OU",
        "550409": "STREET",
        "0992268993f22c640119": "DC",
        "0992268993f22c640101": "UID",
    }.items()
}
_ESCAPED = str.maketrans({letter: f"\\{letter}" for letter in ',+"\\<>;'})


def in_text(name: bytes) -> str:
    """`CN=site ca,O=Example`; an attribute without letters of its own stands by the hexadecimal digits of its number."""
    (whole,) = der.elements(name)
    return ",".join("+".join(map(_attribute, part.members)) for part in reversed(whole.members))


def _attribute(element: der.Element) -> str:
    kind, value = element.members
    letters = _LETTERS.get(kind.content, kind.content.hex())
    return f"{letters}={value.content.decode('utf-8', 'replace').translate(_ESCAPED)}"
