"""The Helm chart: rendered by Helm itself, its objects held to the API's own schemas, and to what we promise of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from helm_python import Chart, HelmError, chart
from typer.main import get_command

from reconciler import __version__
from reconciler.cli.main import app
from reconciler.clients import load, load_central, load_derived
from reconciler.model.words import Reach

FOLDER = Path(__file__).parents[2] / "charts" / "stx-reconciler"
KUBERNETES = "1.37"
FOREIGN = "monitoring.coreos.com/v1"  # of the Prometheus operator: not among Kubernetes' own schemas
Object = Mapping[str, Any]

ENDPOINTS = {
    "endpoints": {
        "sc-1": {
            "authUrl": "https://192.0.2.10:5000/v3",
            "services": {"platform": "https://192.0.2.10:6385"},
            "caBundle": "ca/sc-1.pem",
            "credentials": {"username": "admin", "password": {"secretRef": "file:passwords/sc-1"}},
        }
    }
}
CENTRE = {
    "authUrl": "https://192.0.2.2:5000/v3",
    "credentials": {"username": "stxr", "password": {"secretRef": "file:passwords/centre"}},
}
LEAST = {"repository": {"url": "https://git.example.com/sites.git"}, "endpoints": {"existingConfigMap": "endpoints"}}
POSTGRESQL = {**LEAST, "replicas": 3, "database": {"type": "postgresql", "existingSecret": "database"}}
EVERYTHING = {
    **POSTGRESQL,
    "repository": {
        "url": "git@git.example.com:edge/sites.git", "branch": "main", "path": "sites", "existingSecret": "git",
        "verify": "ssh", "signersSecret": "signers",
    },
    "endpoints": {"inline": ENDPOINTS, "passwordsSecret": "passwords", "caConfigMap": "ca"},
    "api": {"existingSecret": "api", "webhooksSecret": "hooks", "oidcSecret": "oidc", "address": "[::]"},
    "notifications": {"existingSecret": "notifications"},
    "forge": {"existingSecret": "forge"},
    "schedule": {"atOnce": 20},
    "documentSecrets": {"existingSecret": "documents"},
    "image": {"digest": f"sha256:{'0' * 64}", "pullSecrets": [{"name": "pull"}]},
    "metrics": {"serviceMonitor": {"create": "always", "labels": {"release": "prometheus"}}},
    "alerts": {"rules": {"create": "always", "labels": {"release": "prometheus"}}},
    "networkPolicy": {
        "from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}],
        "extraEgress": [{"to": [{"ipBlock": {"cidr": "2001:db8::/32"}}]}],
    },
    "podAnnotations": {"a": "b"}, "podLabels": {"c": "d"}, "nodeSelector": {"e": "f"}, "priorityClassName": "high",
    "tolerations": [{"key": "edge", "operator": "Exists"}],
    "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
        {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"c": "d"}}}]}},
    "topologySpreadConstraints": [{
        "maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {"c": "d"}},
    }],
    "extraEnv": [{"name": "HTTPS_PROXY", "value": "http://proxy:3128"}],
    "extraVolumes": [{"name": "more", "emptyDir": {}}],
    "extraVolumeMounts": [{"name": "more", "mountPath": "/more"}],
    "service": {"annotations": {"g": "h"}}, "serviceAccount": {"annotations": {"i": "j"}},
    "dashboards": {"annotations": {"folder": "StarlingX"}},
}  # fmt: skip
NOTHING = {
    **LEAST,
    "metrics": {"serviceMonitor": {"create": "never"}},
    "alerts": {"rules": {"create": "never"}},
    "dashboards": {"create": False},
    "networkPolicy": {"create": False},
    "podDisruptionBudget": {"create": False},
    "serviceAccount": {"create": False},
    "persistence": {"existingClaim": "kept"},
}
CASES = {"sqlite": LEAST, "postgresql": POSTGRESQL, "everything": EVERYTHING, "nothing": NOTHING}
cases = pytest.mark.parametrize("values", CASES.values(), ids=CASES.keys())


def rendered(values: Object) -> list[Object]:
    with Chart.load(FOLDER) as loaded:
        texts = loaded.render(dict(values), name="stxr", namespace="stxr")
    made = chain.from_iterable(yaml.safe_load_all(text) for name, text in texts.items() if name.endswith(".yaml"))
    return [found for found in made if found]


def only(values: Object, kind: str) -> Object:
    (found,) = [made for made in rendered(values) if made["kind"] == kind]
    return found


def pods(values: Object) -> Iterator[Object]:
    for made in rendered(values):
        if made["kind"] in {"Deployment", "StatefulSet"}:
            yield made["spec"]["template"]["spec"]
        elif made["kind"] == "Pod":
            yield made["spec"]


def pod(values: Object) -> Object:
    return next(spec for spec in pods(values) if "volumes" in spec)


@cases
def test_helm_finds_nothing_to_complain_of(values):
    report = chart.lint(FOLDER, dict(values), strict=True)
    assert (report["errors"], [m for m in report["messages"] if m["severity"] > 1]) == ([], [])


@cases
def test_every_object_is_what_the_api_takes(values):
    for made in rendered(values):
        if made["apiVersion"] != FOREIGN:
            kubernetes_validate.validate(made, KUBERNETES, strict=True)


@cases
def test_nobody_runs_with_more_than_it_needs(values):
    for spec in pods(values):
        assert spec["automountServiceAccountToken"] is False
        assert spec["securityContext"]["runAsNonRoot"]
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in spec["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert container["resources"]["limits"]["memory"]


@cases
def test_the_controller_starts_with_what_it_is_given(values):
    """Every argument is one of `stxr run`."""
    arguments = pod(values)["containers"][0]["args"]
    options = {name for option in get_command(app).commands["run"].params for name in option.opts}
    assert arguments[0] == "run"
    assert {argument.partition("=")[0] for argument in arguments[1:]} <= options


@cases
def test_credentials_come_from_secrets_and_are_read_by_nobody_else(values):
    spec = pod(values)
    for volume in spec["volumes"]:
        if "secret" in volume:
            assert volume["secret"]["defaultMode"] == 0o440
    plain = [entry["value"] for entry in spec["containers"][0]["env"] if "value" in entry]
    assert not any("secret" in value.lower() or "password" in value.lower() for value in plain)


def test_several_processes_never_have_one_sqlite():
    deployment = only(LEAST, "Deployment")
    assert (deployment["spec"]["replicas"], deployment["spec"]["strategy"]) == (1, {"type": "Recreate"})
    with pytest.raises(HelmError, match="replicas: 3 need a PostgreSQL database"):
        rendered({**LEAST, "replicas": 3})


def test_a_replica_keeps_its_name():
    env = {entry["name"]: entry for entry in pod(POSTGRESQL)["containers"][0]["env"]}
    assert only(POSTGRESQL, "StatefulSet")["spec"]["replicas"] == 3
    assert env["STXR_REPLICA"]["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name"
    assert env["STXR_DATABASE"]["valueFrom"]["secretKeyRef"] == {"name": "database", "key": "url"}


def test_one_replica_can_be_drained_and_of_several_one_at_a_time():
    assert "PodDisruptionBudget" not in {made["kind"] for made in rendered(LEAST)}
    assert only(POSTGRESQL, "PodDisruptionBudget")["spec"]["maxUnavailable"] == 1


def test_what_was_decided_outlives_an_uninstallation():
    claim = only(LEAST, "PersistentVolumeClaim")
    assert claim["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"


def test_endpoints_that_are_given_as_values_are_the_file_that_the_controller_reads(tmp_path):
    (tmp_path / "endpoints.yaml").write_text(
        only(
            {**LEAST, "endpoints": {"inline": ENDPOINTS}, "dashboards": {"create": False}}, "ConfigMap"
        )["data"]["endpoints.yaml"]
    )  # fmt: skip
    assert load(tmp_path / "endpoints.yaml")["sc-1"].auth_url == "https://192.0.2.10:5000/v3"


def test_sites_may_be_found_by_dcmanager_where_the_values_name_none_of_them(tmp_path):
    said = {"derived": {"admin": {"caBundle": "ca/root.pem"}}, "systemController": CENTRE}
    values = {**LEAST, "endpoints": {"inline": said}, "dashboards": {"create": False}}
    file = tmp_path / "endpoints.yaml"
    file.write_text(only(values, "ConfigMap")["data"]["endpoints.yaml"])
    assert (load(file), list(load_derived(file).ways)) == ({}, [Reach.ADMIN])
    assert load_central(file).auth_url == CENTRE["authUrl"]


def test_passwords_stand_beside_the_endpoints_file():
    mounts = {mount["name"]: mount["mountPath"] for mount in pod(EVERYTHING)["containers"][0]["volumeMounts"]}
    file = Path(mounts["endpoints"])
    assert {Path(mounts["passwords"]), Path(mounts["ca"])} == {file.parent / "passwords", file.parent / "ca"}


def test_the_service_is_of_the_controllers_alone():
    wanted = only(LEAST, "Service")["spec"]["selector"].items()
    (labels,) = [made["metadata"]["labels"] for made in rendered(LEAST) if made["kind"] == "Pod"]
    assert not wanted <= labels.items()


def test_kinds_of_the_operator_are_made_only_where_somebody_knows_them():
    kinds = {made["kind"] for made in rendered(LEAST)}
    assert not kinds & {"ServiceMonitor", "PrometheusRule"}
    assert "ServiceMonitor" in {made["kind"] for made in rendered(EVERYTHING)}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"replicas": "two"}, "replicas"),
        ({"repository": {"url": "http://git.example.com/sites.git"}}, "repository"),
        ({"repository": {"url": "https://robot:token@git.example.com/sites.git"}}, "repository"),
        ({"repositroy": {}}, "repositroy"),
        ({"database": {"type": "mysql"}}, "database"),
        ({"alerts": {"timeScale": 0}}, "timeScale"),
        ({"image": {"digest": "sha256:abc"}}, "digest"),
        ({"metrics": {"serviceMonitor": {"create": True}}}, "create"),
        ({"repository": {"url": ""}}, "repository.url: the address of the site-config repository is missing"),
        ({"endpoints": {}}, "set endpoints.existingConfigMap or endpoints.inline"),
        ({"database": {"type": "postgresql"}}, "database.existingSecret"),
        ({"repository": {**LEAST["repository"], "verify": "gpg"}}, "repository.signersSecret"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(wrong, says):
    with pytest.raises(HelmError, match=re.escape(says)):
        rendered({**LEAST, **wrong})


def test_the_chart_is_of_this_version():
    about = yaml.safe_load((FOLDER / "Chart.yaml").read_text())
    assert (about["version"], about["appVersion"]) == (__version__, __version__)


def test_the_readme_lists_each_value_with_its_default():
    rows = re.findall(r"^\| `([\w.]+)` \| `(.*?)` \|", (FOLDER / "README.md").read_text(), re.MULTILINE)
    values = yaml.safe_load((FOLDER / "values.yaml").read_text())
    assert {path: _at(values, path) for path, _ in rows} == {path: json.loads(said) for path, said in rows}
    assert set(_leaves(values)) == {path for path, _ in rows}


def _at(values: Object, path: str) -> Any:
    for name in path.split("."):
        values = values[name]
    return values


def _leaves(values: Object, above: str = "") -> Iterator[str]:
    """What is said as a whole: also mappings whose keys are the operator's."""
    for name, value in values.items():
        path = f"{above}{name}"
        is_own = name in {"labels", "requests", "limits"}
        if isinstance(value, Mapping) and value and not is_own:
            yield from _leaves(value, f"{path}.")
        else:
            yield path
