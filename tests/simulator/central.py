"""A central cloud to ask in a test: its answers as (status, body), its forms in a line, its clock moved by hand."""

import base64
import json
from dataclasses import dataclass, field

from reconciler.simulator import dcmanager
from reconciler.simulator.dcmanager.beyond import NOTHING
from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.system import System

PASSWORD = base64.b64encode(b"sysadmin").decode()
BOOTSTRAP = {
    "name": "new-001",
    "description": "a new site",
    "location": "Ottawa",
    "system_mode": "simplex",
    "management_subnet": "192.168.101.0/24",
    "management_start_address": "192.168.101.2",
    "management_end_address": "192.168.101.50",
    "management_gateway_address": "192.168.101.1",
    "systemcontroller_gateway_address": "192.168.204.101",
    "external_oam_subnet": "10.10.10.0/24",
    "external_oam_gateway_address": "10.10.10.1",
    "external_oam_floating_address": "10.10.10.12",
}
INSTALL = {
    "bootstrap_interface": "eno1",
    "bootstrap_address": "10.10.10.12",
    "bootstrap_address_prefix": 24,
    "install_type": 3,
    "bmc_address": "10.10.10.112",
    "bmc_username": "root",
}
DOCUMENTS = "apiVersion: starlingx.windriver.com/v1\nkind: System\nmetadata: {name: new-001}\nspec: {}\n"
MARK = "end-of-a-part"


def form(fields=(), **files):
    """A body with these fields and files, a mapping as YAML."""
    texts = {name: content if isinstance(content, str) else json.dumps(content) for name, content in files.items()}
    parts = [f'name="{name}"\r\n\r\n{text}' for name, text in dict(fields).items()]
    parts += [f'name="{name}"; filename="{name}.yaml"\r\n\r\n{text}' for name, text in texts.items()]
    text = "".join(f"--{MARK}\r\nContent-Disposition: form-data; {part}\r\n" for part in parts)
    return f"{text}--{MARK}--\r\n".encode()


@dataclass
class Centre:
    system: System = field(default_factory=dcmanager.central)
    beyond: object = NOTHING

    def ask(self, method, path, content=b"", *, kind="application/json"):
        headers = {"Accept": "application/json", "X-Auth-Token": "good", "Content-Type": kind}
        request = Request(method, f"/v1.0{path}", {}, headers, content)
        answer = dcmanager.handle(self.system, request, lambda token: token == "good", self.beyond)
        return answer.status, answer.body if answer.text is None else answer.text

    def get(self, path):
        return self.ask("GET", path)[1]

    def send(self, method, path, body=None):
        """JSON."""
        return self.ask(method, path, json.dumps(body).encode() if body is not None else b"")

    def submit(self, method, path, fields=(), **files):
        """A form."""
        return self.ask(method, path, form(fields, **files), kind=f"multipart/form-data; boundary={MARK}")

    def add(self, *, install=INSTALL, documents=DOCUMENTS, fields=(), **bootstrap):
        """A subcloud in one go; values of None are left out."""
        files = {"bootstrap_values": {k: v for k, v in {**BOOTSTRAP, **bootstrap}.items() if v is not None}}
        files |= {"install_values": install} if install else {}
        files |= {"deploy_config": documents} if documents else {}
        said = {"bootstrap-address": "10.10.10.12", "sysadmin_password": PASSWORD, "bmc_password": PASSWORD}
        return self.submit("POST", "/subclouds", {**said, **dict(fields)}, **files)

    def phase(self, name, verb, fields=(), **files):
        said = {"sysadmin_password": PASSWORD, **dict(fields)}
        return self.submit("PATCH", f"/phased-subcloud-deploy/{name}/{verb}", said, **files)

    def status(self, name="new-001"):
        return self.get(f"/subclouds/{name}")["deploy-status"]

    def states(self, name="new-001", most=40):
        """Every state until nothing moves any more, the first included."""
        seen = [self.status(name)]
        for _ in range(most):
            due = self.system.timeline.next_due()
            if due is None:
                break
            self.system.advance(due)
            if (state := self.status(name)) != seen[-1]:
                seen.append(state)
        return seen

    def set(self, name, **columns):
        """Change a row behind everybody's back."""
        row = self.system.tables.first("subclouds", name=name)
        self.system.tables.update("subclouds", row["uuid"], {k.replace("_", "-"): v for k, v in columns.items()})


class Answering:
    """The sites that answer."""

    def __init__(self, *names):
        self.names = set(names)

    def answers(self, row):
        return row["site"] in self.names

    def ask(self, row, service, request):
        return Response(503)

    def alarms(self, row):
        return {}
