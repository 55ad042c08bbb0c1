"""`deviceImages` of fleet.yaml and site.yaml: what is to be written into accelerators, and into which."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from reconciler.desired.fields import DEVICE_LABEL_FORM, HEX_FORM, Own
from reconciler.desired.findings import Findings
from reconciler.model.node import Node

Hex = Annotated[str, Field(pattern=HEX_FORM)]
KINDS_OF_IMAGE = ("bitstream", "rootKey", "revokesKey")


class DeviceImage(Own):
    """One image, told by what it is and not by a name that a site may have given it. Merged key by key."""

    bitstream: Hex | None = Field(
        default=None, description='Of a functional image: its bitstream\'s id, as "0x23000410010310".'
    )
    root_key: Hex | None = Field(
        default=None, alias="rootKey", description="Of a root key: its signature. It is written once and for good."
    )
    revokes_key: Annotated[StrictInt, Field(ge=0)] | None = Field(
        default=None, alias="revokesKey", description="Of a revocation: the id of the key. It is for good."
    )
    bmc: StrictBool | None = Field(
        default=None, description="Whether a functional image is one of the device's own controller."
    )
    retimer: StrictBool | None = Field(default=None, description="Whether the retimers' firmware is in that.")
    labels: tuple[Annotated[str, Field(pattern=DEVICE_LABEL_FORM)], ...] | None = Field(
        default=None,
        description="Devices that have one of these labels get it, as fpga=ran; every device that it is for without.",
    )
    state: Literal["applied", "removed"] | None = Field(
        default=None,
        description="applied, which is meant without, or removed: no other device gets it. What is written stays written.",
    )


def check_device_images(images: Node | None, findings: Findings) -> None:
    """Refuse one that is no image, or several at once."""
    for name, said in images.members() if images else ():
        if sum(said.get(kind) is not None for kind in KINDS_OF_IMAGE) != 1:
            findings.refuse(f"deviceImages.{name} needs one of {', '.join(KINDS_OF_IMAGE)}", said.origin)
        elif said.get("bitstream") is None and (said.get("bmc") or said.get("retimer")):
            findings.refuse(f"deviceImages.{name}: bmc and retimer are of functional images alone", said.origin)
