"""What a site was deployed with outlives the process."""

from reconciler.model.deployed import Deployed


def test_what_was_noted_is_known_until_the_site_is_deployed_anew(store):
    store.deployed.note("ottawa", Deployed("c1", {"banner": "sha256:1"}, is_ours=False))
    store.deployed.note("ottawa", Deployed("c2", {"banner": "sha256:2"}, is_ours=True))
    assert store.deployed.of("ottawa") == Deployed("c2", {"banner": "sha256:2"}, is_ours=True)
    assert store.deployed.all() == {"ottawa": store.deployed.of("ottawa")}
    assert store.deployed.of("gatineau") is None
