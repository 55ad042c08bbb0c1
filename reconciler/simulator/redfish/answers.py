"""How a Redfish service answers (shapes: openstack/sushy sushy/tests/unit/json_samples/error.json, session_error.json)."""

from __future__ import annotations

from typing import Any

from reconciler.simulator.exchange import Response


class Rejected(Exception):  # noqa: N818 - Redfish's word is an error; this ends a request early
    """A 4xx with the message of Redfish's Base registry."""

    def __init__(self, status: int, message_id: str, text: str) -> None:
        super().__init__(text)
        self.status, self.message_id, self.text = status, message_id, text

    def response(self) -> Response:
        info = {
            "@odata.type": "#Message.v1_1_1.Message",
            "MessageId": f"Base.1.8.{self.message_id}",
            "Message": self.text,
            "Severity": "Critical",
        }
        error = {"code": f"Base.1.8.{self.message_id}", "message": self.text, "@Message.ExtendedInfo": [info]}
        return Response(self.status, {"error": error}, {"OData-Version": "4.0"})


def found(document: dict[str, Any]) -> Response:
    return Response(200, document, {"OData-Version": "4.0"})


def done() -> Response:
    return Response(204)


def absent(path: str) -> Rejected:
    return Rejected(404, "ResourceMissingAtURI", f"The resource at the URI {path} was not found.")


def unknown_value(value: Any, name: str) -> Rejected:
    text = f"The value '{value}' for the property {name} is not in the list of acceptable values."
    return Rejected(400, "PropertyValueNotInList", text)


def missing(action: str, parameter: str) -> Rejected:
    text = f"The action {action} requires the parameter {parameter} to be present in the request body."
    return Rejected(400, "ActionParameterMissing", text)
