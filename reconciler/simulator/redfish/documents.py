"""The documents of a controller, by path below /redfish/v1 (shapes: openstack/sushy sushy/tests/unit/json_samples/).

``root`` is what links begin with: the controller may stand behind a prefix.
"""

from __future__ import annotations

from typing import Any

from reconciler.simulator.redfish.host import Bmc, Probe, Task

Document = dict[str, Any]
SYSTEM, MANAGER, CHASSIS = "/Systems/1", "/Managers/1", "/Chassis/1"
RESETS = ["On", "ForceOff", "GracefulShutdown", "GracefulRestart", "ForceRestart", "PowerCycle"]
TARGETS = ["None", "Pxe", "Cd", "Hdd", "BiosSetup", "UefiHttp"]
UNITS = {"Temperatures": "Cel", "Fans": "RPM", "PowerSupplies": "W"}
TYPES = {"Temperatures": "Temperature", "Fans": "Rotational", "PowerSupplies": "Power"}


def documents(bmc: Bmc, root: str) -> dict[str, Document]:
    """Every document that there is now. Small enough to be made anew each time."""
    made = {
        "": _service_root(bmc, root),
        "/Systems": _collection(root, [SYSTEM]),
        SYSTEM: _system(bmc, root),
        "/Managers": _collection(root, [MANAGER]),
        MANAGER: _manager(bmc, root),
        "/Chassis": _collection(root, [CHASSIS]),
        CHASSIS: _chassis(bmc, root),
        f"{SYSTEM}/SecureBoot": _secure_boot(bmc),
        f"{SYSTEM}/Bios": _bios(bmc, root),
        f"{SYSTEM}/Bios/Settings": {"Id": "Settings", "Name": "Pending", "Attributes": dict(bmc.pending)},
        "/UpdateService": _update_service(root),
        **_members(root, f"{SYSTEM}/BootOptions", {r: _boot_option(r, name) for r, name in bmc.options.items()}),
        **_members(root, f"{SYSTEM}/EthernetInterfaces", {n: _port(n, mac) for n, mac in bmc.ports.items()}),
        **_members(root, f"{MANAGER}/VirtualMedia", {n: _drive(bmc, n, root) for n in bmc.drives}),
        **_members(root, "/UpdateService/FirmwareInventory", {n: _firmware(n, v) for n, v in bmc.firmware.items()}),
        **_members(root, "/TaskService/Tasks", {str(n): _task(n, t) for n, t in enumerate(bmc.tasks)}),
        **_sensing(bmc, root),
    }
    if bmc.has_sessions:
        made["/SessionService"] = {"Id": "SessionService", "Name": "Sessions", "ServiceEnabled": True}
        made["/SessionService"]["Sessions"] = _link(root, "/SessionService/Sessions")
        made |= _members(root, "/SessionService/Sessions", {n: {"Id": n, "Name": n} for n in bmc.sessions})
    return {path: {"@odata.id": root + path, **document} for path, document in made.items()}


def _link(root: str, path: str) -> Document:
    return {"@odata.id": root + path}


def _collection(root: str, paths: list[str]) -> Document:
    return {"Name": "Collection", "Members": [_link(root, p) for p in paths], "Members@odata.count": len(paths)}


def _members(root: str, path: str, members: dict[str, Document]) -> dict[str, Document]:
    """A collection and what is in it."""
    below = {f"{path}/{name}": document for name, document in members.items()}
    return {path: _collection(root, list(below)), **below}


def _service_root(bmc: Bmc, root: str) -> Document:
    links = {"Links": {"Sessions": _link(root, "/SessionService/Sessions")}} if bmc.has_sessions else {}
    services = ("Systems", "Managers", "Chassis", "UpdateService", "SessionService")
    return {
        "@odata.type": "#ServiceRoot.v1_5_0.ServiceRoot",
        "Id": "RootService",
        "Name": "Root Service",
        "RedfishVersion": "1.8.0",
        **{name: _link(root, f"/{name}") for name in services if name != "SessionService" or bmc.has_sessions},
        **links,
    }


def _system(bmc: Bmc, root: str) -> Document:
    action = {"target": f"{root}{SYSTEM}/Actions/ComputerSystem.Reset", "ResetType@Redfish.AllowableValues": RESETS}
    return {
        "@odata.type": "#ComputerSystem.v1_13_0.ComputerSystem",
        "Id": "1",
        "Name": bmc.name,
        "Manufacturer": "Simulated",
        "Model": "Edge 1",
        "SerialNumber": f"SN-{bmc.name}",
        "BiosVersion": bmc.firmware.get("BIOS", ""),
        "PowerState": bmc.power,
        "Status": {"State": "Enabled", "Health": "OK", "HealthRollup": bmc.health},
        "Boot": {
            "BootSourceOverrideTarget": bmc.boot.target,
            "BootSourceOverrideEnabled": bmc.boot.enabled,
            "BootSourceOverrideMode": bmc.boot.mode,
            "BootSourceOverrideTarget@Redfish.AllowableValues": TARGETS,
            "BootOrder": list(bmc.boot_order),
            "BootOptions": _link(root, f"{SYSTEM}/BootOptions"),
        },
        "Bios": _link(root, f"{SYSTEM}/Bios"),
        "SecureBoot": _link(root, f"{SYSTEM}/SecureBoot"),
        "EthernetInterfaces": _link(root, f"{SYSTEM}/EthernetInterfaces"),
        "Links": {"ManagedBy": [_link(root, MANAGER)], "Chassis": [_link(root, CHASSIS)]},
        "Actions": {"#ComputerSystem.Reset": action},
    }


def _manager(bmc: Bmc, root: str) -> Document:
    document = {"Id": "1", "Name": "Manager", "ManagerType": "BMC", "FirmwareVersion": bmc.firmware.get("BMC", "")}
    return document | {"VirtualMedia": _link(root, f"{MANAGER}/VirtualMedia")}


def _boot_option(reference: str, name: str) -> Document:
    return {"Id": reference, "Name": "Boot Option", "BootOptionReference": reference, "DisplayName": name}


def _port(name: str, mac: str) -> Document:
    status = {"State": "Enabled", "Health": "OK"}
    return {"Id": name, "Name": name, "PermanentMACAddress": mac.upper(), "MACAddress": mac.upper(), "Status": status}


def _drive(bmc: Bmc, name: str, root: str) -> Document:
    drive, path = bmc.drives[name], f"{root}{MANAGER}/VirtualMedia/{name}/Actions/VirtualMedia."
    return {
        "Id": name,
        "Name": name,
        "MediaTypes": list(drive.types),
        "Image": drive.image,
        "Inserted": drive.image is not None,
        "WriteProtected": True,
        "ConnectedVia": "URI" if drive.image else "NotConnected",
        "Actions": {f"#VirtualMedia.{verb}Media": {"target": f"{path}{verb}Media"} for verb in ("Insert", "Eject")},
    }


def _secure_boot(bmc: Bmc) -> Document:
    return {
        "Id": "SecureBoot",
        "Name": "UEFI Secure Boot",
        "SecureBootEnable": bmc.secure_boot_wanted,
        "SecureBootCurrentBoot": "Enabled" if bmc.secure_boot else "Disabled",
        "SecureBootMode": "DeployedMode",
    }


def _bios(bmc: Bmc, root: str) -> Document:
    settings = {"@odata.type": "#Settings.v1_3_0.Settings", "SettingsObject": _link(root, f"{SYSTEM}/Bios/Settings")}
    return {"Id": "Bios", "Name": "BIOS", "Attributes": dict(bmc.bios), "@Redfish.Settings": settings}


def _firmware(name: str, version: str) -> Document:
    return {"Id": name, "Name": name, "Version": version, "Updateable": True}


def _update_service(root: str) -> Document:
    action = {"target": f"{root}/UpdateService/Actions/UpdateService.SimpleUpdate"}
    return {
        "Id": "UpdateService",
        "Name": "Update Service",
        "ServiceEnabled": True,
        "FirmwareInventory": _link(root, "/UpdateService/FirmwareInventory"),
        "Actions": {"#UpdateService.SimpleUpdate": action},
    }


def _task(number: int, task: Task) -> Document:
    messages = [{"MessageId": "Update.1.0.TransferFailed", "Message": task.said}] if task.said else []
    return {
        "Id": str(number),
        "Name": f"Update {task.target}",
        "TaskState": task.state,
        "TaskStatus": "Critical" if task.state == "Exception" else "OK",
        "PercentComplete": task.percent,
        "Messages": messages,
    }


def _chassis(bmc: Bmc, root: str) -> Document:
    parts = ("Sensors",) if bmc.newer_sensors else ("Thermal", "Power")
    return {"Id": "1", "Name": "Chassis", "ChassisType": "RackMount"} | {
        p: _link(root, f"{CHASSIS}/{p}") for p in parts
    }


def _sensing(bmc: Bmc, root: str) -> dict[str, Document]:
    if bmc.newer_sensors:
        made = {str(n): _sensor(n, probe) for n, probe in enumerate(bmc.probes)}
        return _members(root, f"{CHASSIS}/Sensors", made)
    lists = {kind: [_older(n, p) for n, p in enumerate(bmc.probes) if p.kind == kind] for kind in UNITS}
    thermal = {"Id": "Thermal", "Name": "Thermal", "Temperatures": lists["Temperatures"], "Fans": lists["Fans"]}
    power = {"Id": "Power", "Name": "Power", "PowerSupplies": lists["PowerSupplies"]}
    return {f"{CHASSIS}/Thermal": thermal, f"{CHASSIS}/Power": power}


def _older(number: int, probe: Probe) -> Document:
    reading = {"Temperatures": "ReadingCelsius", "Fans": "Reading", "PowerSupplies": "LastPowerOutputWatts"}[probe.kind]
    status = {"State": "Enabled", "Health": probe.health}
    units = {"ReadingUnits": "RPM"} if probe.kind == "Fans" else {}
    return {"MemberId": str(number), "Name": probe.name, reading: probe.reading, "Status": status, **units}


def _sensor(number: int, probe: Probe) -> Document:
    return {
        "Id": str(number),
        "Name": probe.name,
        "ReadingType": TYPES[probe.kind],
        "Reading": probe.reading,
        "ReadingUnits": UNITS[probe.kind],
        "Status": {"State": "Enabled", "Health": probe.health},
    }
