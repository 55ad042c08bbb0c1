"""What each attribute of a system, network or PTP document means: shown where an editor's pointer rests on it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from reconciler.desired import system_models as models

WORDS: Mapping[type[BaseModel], Mapping[str, str]] = {
    models.SystemSpec: {
        "description": "The system in a few words.",
        "location": "Where it stands, as a person would say it.",
        "latitude": "Geographic latitude, as quoted text.",
        "longitude": "Geographic longitude, as quoted text.",
        "contact": "Whom to call about it.",
        "dns_servers": "Name servers, in the order in which they are asked; at most three. The list is owned whole.",
        "ntp_servers": "Time servers, by name or address; at most three. The list is owned whole.",
        "ptp": "PTP of the whole system, as releases before PTP instances had it.",
        "certificates": "Certificate authorities that the platform trusts, and certificates of its services. By key.",
        "license": "The platform's licence.",
        "service_parameters": "Settings of the platform's services. By key: others are left alone.",
        "storage": "Storage that the whole system has.",
        "vswitch_type": "Which virtual switch the hosts run.",
    },
    models.LegacyPtp: {
        "mode": "Who stamps the packets: hardware, software, or the old way.",
        "transport": "What carries PTP: Ethernet (l2) or UDP.",
        "mechanism": "How delay is measured: between peers (p2p) or end to end (e2e).",
    },
    models.Certificate: {
        "type": "What it is for. ssl_ca: an authority to trust; the others are certificates of services of the platform.",
        "secret": "Name of the secret that holds it; `secrets` of site.yaml says where that is.",
    },
    models.ServiceParameter: {
        "service": "The service whose setting it is.",
        "section": "The group of settings within the service.",
        "paramname": "The setting's name.",
        "paramvalue": "Its value, as text.",
        "personality": "For hosts of this personality only.",
        "resource": "The puppet resource that a custom parameter sets.",
    },
    models.SystemStorage: {
        "backends": "Storage backends, one of each type. By key.",
        "drbd": "How the controllers keep their filesystems the same.",
        "filesystems": "Filesystems that the controllers share. By key; they only grow.",
    },
    models.StorageBackend: {
        "name": "The backend's name.",
        "type": "What it is; it cannot change.",
        "services": "What of the platform may store in it.",
        "replication_factor": "How many copies Ceph keeps.",
        "partition_size": "Size of Ceph's partition on the controllers, in GiB.",
        "network": "The platform network that storage traffic takes.",
        "deployment": "Where Rook may place its daemons.",
    },
    models.Drbd: {
        "link_utilization": "Share of the link that copying from one controller to the other may take, in %."
    },
    models.ControllerFilesystem: {"name": "The filesystem's name.", "size": "Size, in GiB."},
    models.AddressPoolSpec: {
        "subnet": "The network address.",
        "prefix": "Length of the network's prefix, in bits.",
        "allocation": "Which addresses are given out, and how.",
        "floating_address": "The address that goes with the active controller.",
        "controller0_address": "The address of controller-0.",
        "controller1_address": "The address of controller-1.",
        "gateway": "The gateway of the subnet.",
    },
    models.Allocation: {
        "ranges": "The ranges that addresses are taken from.",
        "order": "Whether they are taken one after the other or at random.",
    },
    models.AllocationRange: {"start": "The first address of the range.", "end": "The last address of the range."},
    models.PlatformNetworkSpec: {
        "type": "What the network is for; a system has one of each. `other`: only a pool for interfaces' addresses.",
        "dynamic": "Whether hosts get their addresses from the pool by themselves.",
        "associated_address_pools": "Its pools, by name: the first one is the primary, a second one the other family.",
    },
    models.DataNetworkSpec: {
        "type": "How it is carried: flat, VLAN or VXLAN; it cannot change.",
        "mtu": "The MTU that it carries, in bytes.",
        "description": "The network in a few words.",
        "vxlan": "What a VXLAN network has beside.",
    },
    models.Vxlan: {
        "endpoint_mode": "Whether tunnel ends are configured or found by multicast.",
        "multicast_group": "The multicast address by which tunnel ends find each other.",
        "udp_port_number": "UDP port of the tunnels: IANA's 4789, or the 8472 of Linux.",
        "ttl": "How many hops a tunnel's packets may take.",
    },
    models.PtpInstanceSpec: {
        "service": "The daemon that the instance is of; it cannot change.",
        "parameters": 'The daemon\'s settings, "key=value", by section; a plain list is the section `global`.',
    },
    models.PtpInterfaceSpec: {
        "ptpinstance": "The PTP instance that these interfaces belong to.",
        "parameters": 'Settings of the interfaces, "key=value".',
    },
}
