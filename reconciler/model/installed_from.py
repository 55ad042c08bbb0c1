"""The board that a machine is installed from, told by its address: whose it is, dcmanager never asks."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from reconciler.model.multipart import File, Multipart

INSTALL_VALUES, ADDRESS = "install_values", "bmc_address"


def board_in(values: Any) -> str:
    """The address in install values, in one spelling; "" where they say none."""
    said = values.get(ADDRESS) if isinstance(values, Mapping) else None
    try:
        return ip_address(str(said)).compressed if said else ""
    except ValueError:
        return str(said)


def board_of(body: Any) -> str:
    """The same of a call, by the file of install values in its form; "" where it has none."""
    file = body.parts.get(INSTALL_VALUES) if isinstance(body, Multipart) else None
    return board_in(file.content) if isinstance(file, File) else ""
