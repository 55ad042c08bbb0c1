"""What dcmanager is given is what Git says, merged, with references where secrets stand."""

from reconciler.desired import deployment_documents, load_site, render_yaml, undeployable, value_files
from reconciler.model.secret import SecretRef
from tests.desired.test_deployable import INSTALL
from tests.desired.test_subcloud_networks import BOOTSTRAP, written
from tests.desired.writing import AIO_SX, site_files

REGISTRY = (
    "docker_registries: {docker.io: {username: u, password: {secretRef: 'env:REGISTRY'}}, defaults: {type: docker}}\n"
)


def site(bootstrap="", install=()):
    files = {
        "deployment-config.yaml": AIO_SX,
        "bootstrap-values.yaml": written(BOOTSTRAP) + bootstrap,
        "install-values.yaml": written(INSTALL | dict(install)),
    }
    return load_site(site_files(files, None, "ottawa"))


def test_values_are_as_git_says_them():
    files = value_files(site("dns_servers: [10.0.0.53]\nbanner: null\n"))
    assert files.bootstrap == {**BOOTSTRAP, "dns_servers": ["10.0.0.53"]}
    assert files.install == INSTALL
    assert files.deployment == ""


def test_a_secret_stands_as_its_reference_and_keeps_nothing_from_being_deployed():
    found = site(REGISTRY)
    registries = value_files(found).bootstrap["docker_registries"]
    assert registries == {
        "docker.io": {"username": "u", "password": SecretRef("env:REGISTRY")},
        "defaults": {"type": "docker"},
    }
    assert undeployable(found) == ()


def test_a_digest_tells_what_a_file_says_and_not_how():
    one, same = value_files(site(REGISTRY), "a"), value_files(site(f"# a comment\n{REGISTRY}"), "a")
    other = value_files(site(install={"install_type": 2}), "b")
    assert one.digests == same.digests
    assert set(one.digests) == {"bootstrap", "install", "deployment"}
    assert all(one.digests[name] != other.digests[name] for name in one.digests)


def test_what_is_not_there_has_no_digest():
    bare = load_site(site_files({"deployment-config.yaml": AIO_SX}, None, "ottawa"))
    assert value_files(bare).digests == {}


def test_documents_are_handed_over_in_the_namespace_of_the_vim_and_say_the_same():
    found = site()
    text = deployment_documents(found)
    assert text.startswith("---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: deployment\n")
    kinds = [line for line in text.splitlines() if line.startswith("kind: ")]
    assert text.count("  namespace: deployment\n") == len(kinds) - 1
    again = load_site(site_files({"deployment-config.yaml": text}, None, "ottawa"))
    assert render_yaml(again) == render_yaml(found)
