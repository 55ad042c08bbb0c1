"""Texts of dcmanager without the secrets that stand in them: it tells what Ansible said, and Ansible tells its variables.

What a row keeps as install values holds the password of the board in plain base64 (recorded); a refusal of new ones may
repeat it (dcmanager/common/phased_subcloud_deploy.py _validate_mandatory_values).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr

from reconciler.clients.json import decode
from reconciler.clients.secrets import MASK, masked

_NAMED = r"[\w.-]*(?:password|passphrase|passwd|secret|token|_pass|private_key|ca_key)"
_VALUE = r"""(?:\\?"(?:[^"\\]|\\[^"])*\\?"|'[^']*'|[^\s,;}\]]+)"""
_PAIR = re.compile(rf"""(?i)(\\?["']?{_NAMED}\\?["']?(?:\s+in\s+DB)?\s*[:=]\s*){_VALUE}""")


def redacted(text: str) -> str:
    """The text with what stands behind a secret's name taken out: `"bmc_password": "x"`, `ansible_ssh_pass=x`."""
    return _PAIR.sub(rf"\1{MASK}", text)


def without_own(text: str, values: Any) -> str:
    """The same, and without the password of this row's board, plain or in base64."""
    return redacted(masked(text, _passwords(values))) if text else text


def install_values(text: Any) -> Mapping[str, Any]:
    """What a row keeps as install values, the password among it; nothing where it keeps none that can be read."""
    try:
        said = decode(text.encode()) if isinstance(text, str) else None
    except ValueError:
        return {}
    return said if isinstance(said, Mapping) else {}


def _passwords(values: Any) -> tuple[SecretStr, ...]:
    coded = install_values(values).get("bmc_password")
    if not isinstance(coded, str):
        return ()
    try:
        plain = base64.b64decode(coded, validate=True).decode("utf-8", "replace")
    except binascii.Error:
        plain = ""
    return SecretStr(coded), SecretStr(plain)
