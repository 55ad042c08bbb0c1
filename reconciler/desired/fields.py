"""Types of the attributes in upstream documents: limits as the CRDs have them, wider where sysinv is wider."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel

from reconciler.model.maintenance import DURATION_FORM
from reconciler.model.reference import IN_DOCUMENTS, IN_DOCUMENTS_IN_WORDS

MAC_FORM = r"^([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}$"  # the CRD's lets G..Z through
VALUE_NAME = r"^[A-Za-z_][A-Za-z0-9_]*$"
RELEASE_FORM = r"^[0-9]+\.[0-9]+(\.[0-9]+)*$"
KUBERNETES_FORM = r"^v?[0-9]+\.[0-9]+\.[0-9]+$"
DAY_FORM = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
SUBJECT_FORM = r"^((C|OU|O|ST|L)=[^=]+ )*CN=[^=]+( (C|OU|O|ST|L)=[^=]+)*$"
HEX_FORM = r"^(0x)?[0-9a-fA-F]+$"
DEVICE_LABEL_FORM = r"^[^=\s]+=[^=\s]+$"
URL_FORM = r"^https?://.+$"
PATTERNS_IN_WORDS = {
    DURATION_FORM: "must be a duration as 4h, 1h30m or 45m",
    MAC_FORM: 'does not look like a MAC address (write "08:00:27:1c:2b:3d"; a placeholder has to be filled in)',
    r"^[a-zA-Z0-9\-_]+$": "may have letters, digits, - and _ only",
    r"^[a-zA-Z0-9\-_\.]+$": "may have letters, digits, -, _ and . only",
    r"^[a-zA-Z0-9\-_\. ]+$": "may have letters, digits, -, _, . and blanks only",
    r"^[a-zA-Z0-9@\-_\. ]+$": "may have letters, digits, @, -, _, . and blanks only",
    r"^/dev/.+$": "must be the path of a device, /dev/…",
    r"^[0-9]+$": "may have digits only",
    r"^[1-9][0-9]*$": "must be a number without leading zero",
    IN_DOCUMENTS: f"must be {IN_DOCUMENTS_IN_WORDS}",
    VALUE_NAME: "must begin with a letter or _ and have letters, digits and _ only",
    r"^(/|https?://|ftp://).+\.(tgz|tar\.gz)$": "must be a path or a URL of a .tgz or .tar.gz file",
    RELEASE_FORM: 'must be a release such as "24.10"',
    KUBERNETES_FORM: "must be a version such as v1.30.6",
    DAY_FORM: 'must be a day as "2036-11-21"',
    SUBJECT_FORM: "must be written as C=CA O=Example CN=kubernetes; of C, ST, L, O, OU and CN the last is needed",
    HEX_FORM: 'must be a hexadecimal number in quotes, as "0x23000410010310"',
    DEVICE_LABEL_FORM: "must have the form key=value",
    URL_FORM: "must be an http or https URL",
}


def _open(schema: dict[str, Any]) -> None:
    """Keys that we do not know are reported, never refused: the schema that editors use must not refuse them."""
    schema.pop("additionalProperties", None)


class Open(BaseModel):
    """A mapping of somebody else's document. Unknown keys come out as `extra_forbidden` and become notices."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True, json_schema_extra=_open)


class Own(BaseModel):
    """A mapping of one of our own documents: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Upstream(Open):
    """A mapping of a Deployment Manager document; its attributes are named in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel)


def _is_address(text: str) -> str:
    try:
        ip_address(text)
    except ValueError:
        raise ValueError("must be an IPv4 or IPv6 address") from None
    return text


def _is_parameter(text: str) -> str:
    if not re.match(r"[^=\s]+=", text):
        raise ValueError("must have the form key=value")
    return text


Address = Annotated[str, AfterValidator(_is_address), Field(json_schema_extra={"format": "ip"})]
Mac = Annotated[str, Field(pattern=MAC_FORM)]
Name = Annotated[str, Field(pattern=r"^[a-zA-Z0-9\-_]+$", max_length=255)]
InterfaceName = Annotated[str, Field(pattern=r"^[a-zA-Z0-9\-_\.]+$", max_length=255)]
Device = Annotated[str, Field(pattern=r"^/dev/.+$", max_length=4095)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Mtu = Annotated[int, Field(ge=576, le=9216)]
Prefix = Annotated[int, Field(ge=1, le=128)]
NumaNode = Annotated[int, Field(ge=0, le=7)]
Short = Annotated[str, Field(max_length=255)]
PtpParameter = Annotated[str, AfterValidator(_is_parameter)]
_LIST = {"type": "array", "items": {"type": "string"}}
# A plain list is the old form of the section `global`; it is read as that before anything is checked.
PtpSections = Annotated[
    dict[str, list[PtpParameter]],
    WithJsonSchema({"anyOf": [{"type": "object", "additionalProperties": _LIST}, _LIST]}),
]
