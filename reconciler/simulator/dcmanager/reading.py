"""What requests to dcmanager carry, taken apart as it takes them apart: forms, files of YAML, passwords, booleans as text.

dcmanager/common/utils.py and phased_subcloud_deploy.py. Python's base64 is lenient: `!!` is an empty password (recorded).
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

import yaml

from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager.answers import crash, refuse
from reconciler.simulator.forms import Form
from reconciler.simulator.tables import Row

BOOTSTRAP, INSTALL, CONFIG, CLOUD_INIT = "bootstrap_values", "install_values", "deploy_config", "cloud_init_config"
ADDRESS = "bootstrap-address"
NOTHING = Form({}, {})
FORM_WANTED = (
    "requests_toolbelt.multipart.decoder.NonMultipartContentTypeException: Unexpected mimetype in content-type"
)


def posted(call: Call) -> Form:
    """The form of a request; an empty one where it carries none, as webob has it."""
    return call.body if isinstance(call.body, Form) else NOTHING


def wanted(form: Form, *files: str) -> Row:
    """The fields, and of the files these: bootstrap values flat among the fields, the others below their names.

    get_request_data: a file that is not looked for stays where it is, so its name does not show.
    """
    payload: Row = {}
    for name in files:
        if name in form.files:
            content = form.files[name].content
            data: Any = content if name == CONFIG else loaded(content, name)
            payload.update(data if name == BOOTSTRAP else {name: data})
    return payload | {name: text for name, text in form.fields.items() if name not in files}


def amendment(call: Call) -> Row:
    """The parts of a PATCH, of which any may be a file or a field (_get_patch_data)."""
    if not isinstance(call.body, Form):
        raise crash(f"{FORM_WANTED}: {'application/json' if call.body is not None else None!r}")
    texts = {**call.body.fields, **{name: file.content for name, file in call.body.files.items()}}
    return {name: loaded(text, name) if name in (INSTALL, "force") else text for name, text in texts.items()}


def loaded(text: str, kind: str) -> Any:
    """YAML as the server reads it. Lines are counted from 0 (recorded)."""
    try:
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        raise refuse(f"Error: Unable to load {kind} file contents (problem on line: {line}).") from None
    if data is None:
        raise refuse(f"Error: Unable to load {kind} file contents (empty file provided).")
    return data


def password(payload: Row, name: str = "sysadmin_password") -> None:
    """Refuse a missing password, and one that is not base64 (validate_sysadmin_password)."""
    if not payload.get(name):
        raise refuse(f"subcloud {name} required")
    decodable(payload, name)


def decodable(payload: Row, name: str) -> None:
    try:
        base64.b64decode(payload[name]).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError, TypeError):
        raise refuse(f"Failed to decode subcloud {name}, verify the password is base64 encoded") from None


def flag(payload: Row, name: str) -> bool | None:
    """A boolean as a form says it (verify_boolean_str)."""
    value = payload.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or value.lower() not in ("true", "false"):
        raise refuse(f"Invalid boolean string: {value}. Valid options are true and false.")
    return value.lower() == "true"


def option(payload: Row, name: str) -> bool | None:
    """A boolean of a strategy's, which may be one or be said as text (validate_bool_param)."""
    value = payload.get(name)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    raise refuse(f"Invalid value '{value}' for {name} - must be True/False or 'true'/'false'")


def release(about: Row, said: Any) -> str:
    """The release that is asked for, or the centre's own (get_sw_version)."""
    if not said:
        return str(about["release"])
    if said != about["release"] and said not in about["supported"]:
        known = ",".join(about["supported"])
        raise refuse(f"Error: invalid release version parameter. {said} is not a supported release version ({known})")
    return str(said)
