"""Certificates and the licence on a site in service: from YAML to the calls to an empty plan, and no secret anywhere."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest

from reconciler.cli.plan_text import Detail, plan_lines
from reconciler.engine.accept import accept
from reconciler.engine.adoption_update import updated
from reconciler.engine.judgement import differences, state_of
from reconciler.engine.verdicts import Whose, found
from reconciler.kinds import registry
from reconciler.model.outcome import Outcome
from reconciler.model.secret import digest
from reconciler.model.wire import plain, plan_json, verdict_json
from reconciler.model.words import Cause, Result, State
from reconciler.simulator.sysinv.certificates import ABANDONED
from reconciler.simulator.sysinv.licence import VERIFIER_SAYS
from tests.authorities import authority, made
from tests.desired.writing import document
from tests.e2e.ottawa import OTTAWA, OWN, SETTINGS
from tests.e2e.world import NEW_YEAR

ROOT = authority()
LEAF = made("platform", ROOT)
PAPER = "FEATURE ran 2030\nSIGN=12ab34cd\n"
SYSTEM = "  certificates: [{type: ssl_ca, secret: site-ca}, {type: ssl, secret: gui}]\n  license: {secret: paper}"
INSTALL = "/v1/certificate/certificate_install"
LICENSE = "/v1/license/install_license"


class Vault:
    """Files that the controller may read, each a secret."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        for name, text in (("ca.pem", ROOT.pem), ("tls.crt", LEAF.pem), ("tls.key", LEAF.key), ("paper", PAPER)):
            self.puts(name, text)

    def puts(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)

    @property
    def settings(self):
        return f"""
system: {{https: true}}
secrets:
  site-ca: {{secretRef: 'file:{self.folder}/ca.pem'}}
  gui: {{secretRef: 'file:{self.folder}/tls.crt', keyRef: 'file:{self.folder}/tls.key'}}
  paper: {{secretRef: 'file:{self.folder}/paper'}}
"""


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path / "vault")


@pytest.fixture
def said(in_service, vault):
    """An opener of worlds in which Git says certificates and a licence, and nothing was sent yet."""

    async def said(world, clone, system=SYSTEM, more=""):
        world.site(OTTAWA).system.marks.add(f"{ABANDONED}ssl")
        settings = (clone.folder / SETTINGS).read_text()
        clone.commit({SETTINGS: settings + vault.settings + more, OWN: document("System", "ottawa", system)})
        return len(world.writes(OTTAWA))

    return said


def uploads(world, since):
    """The writes that carried files, in the order in which they came."""
    return [w for w in world.writes(OTTAWA, since) if w.path in {INSTALL, LICENSE}]


def installed(world):
    return {row["certtype"]: row["signature"] for row in world.site(OTTAWA).rows("certificate", {})}


def lose_authority(world):
    """Somebody on the site takes it away."""
    tables = world.site(OTTAWA).system.tables
    tables.delete("certificate", tables.first("certificate", certtype="ssl_ca")["uuid"])


async def test_what_git_says_is_installed_in_one_call_each_and_then_nothing_differs(in_service, said):
    async with in_service(OTTAWA) as (world, clone):
        began = await said(world, clone)
        assert (await world.applied(OTTAWA)).is_done
        assert await world.is_in_sync(OTTAWA)
        assert sorted(w.path for w in uploads(world, began)) == [INSTALL, INSTALL, LICENSE]
        assert installed(world) == {"ssl_ca": f"ssl_ca_{ROOT.serial}", "ssl": f"ssl_{LEAF.serial}"}
        assert [row["content"] for row in world.site(OTTAWA).rows("licence", {})] == [PAPER]
        assert world.count(OTTAWA, "lock") == world.count(OTTAWA, "unlock") - 1  # of its first unlock


async def test_a_renewed_certificate_is_one_call_and_no_drift(in_service, said, vault):
    async with in_service(OTTAWA) as (world, clone):
        await said(world, clone)
        assert (await world.applied(OTTAWA)).is_done
        began, renewed = len(world.writes(OTTAWA)), authority()
        vault.puts("ca.pem", renewed.pem)
        (change,) = (await world.judged(OTTAWA)).found.changes
        assert change.cause is Cause.PENDING
        assert (await world.applied(OTTAWA)).is_done
        assert await world.is_in_sync(OTTAWA)
        assert len(world.writes(OTTAWA, began)) == 1
        assert installed(world)["ssl_ca"] == f"ssl_ca_{renewed.serial}"  # the older one of the name went with it
        lose_authority(world)
        (change,) = (await world.judged(OTTAWA)).found.changes
        assert change.cause is Cause.DRIFTED  # what was renewed is what the site followed


async def test_another_secret_than_was_reviewed_is_not_sent(in_service, said, vault):
    async with in_service(OTTAWA) as (world, clone):
        began, renewed = await said(world, clone), authority()
        world.at(OTTAWA, "install_license", lambda: vault.puts("ca.pem", renewed.pem))
        outcome = await world.applied(OTTAWA)
        assert outcome.result is Result.FAILED
        assert "ca.pem: it is another secret than the plan was made with; plan again" in outcome.message
        assert (await world.applied(OTTAWA)).is_done
        assert installed(world)["ssl_ca"] == f"ssl_ca_{renewed.serial}"
        assert len(uploads(world, began)) == 3


async def test_an_authority_that_the_site_lost_is_drift(in_service, said):
    async with in_service(OTTAWA) as (world, clone):
        await said(world, clone)
        assert (await world.applied(OTTAWA)).is_done
        lose_authority(world)
        judged = await world.judged(OTTAWA)
        (change,) = judged.found.changes
        assert change.cause is Cause.DRIFTED
        async with world.fleet() as fleet:
            accepted = accept(judged, fleet.office.repository, registry(), [str(change.key)], is_shared=False)
        assert dict(accepted.refused) == {}
        (rewrite,) = accepted.rewrites
        assert rewrite.file == OWN
        assert ("site-ca" in rewrite.before, "site-ca" in rewrite.after, "gui" in rewrite.after) == (True, False, True)


async def test_adopting_the_site_again_leaves_the_names_of_its_secrets(in_service, said):
    async with in_service(OTTAWA) as (world, clone):
        await said(world, clone)
        assert (await world.applied(OTTAWA)).is_done
        judged = await world.judged(OTTAWA)
        async with world.fleet() as fleet:
            done = updated(judged.observed, fleet.office.repository, registry(), is_short=True)
        texts = {r.file: r.after for r in done.rewrites}
        for name in ("site-ca", "gui", "paper"):
            assert name in texts.get(OWN, (clone.folder / OWN).read_text())
        assert any(told.startswith(f"certificate/ssl_ca_{ROOT.serial}: ") for told in done.untold)
        assert not any("certificate/ssl:" in told for told in done.untold)


async def test_an_authority_that_a_commit_took_out_is_deleted_where_the_site_lets_it(in_service, said):
    async with in_service(OTTAWA) as (world, clone):
        await said(world, clone, more="prune: {certificate: auto}\n")
        assert (await world.applied(OTTAWA)).is_done
        began = len(world.writes(OTTAWA))
        rest = SYSTEM.replace("{type: ssl_ca, secret: site-ca}, ", "")
        clone.commit({OWN: document("System", "ottawa", rest)}, subject="Trust it no more")
        assert (await world.applied(OTTAWA)).is_done
        (call,) = world.writes(OTTAWA, began)
        assert (call.method, call.path.rpartition("/")[0]) == ("DELETE", "/v1/certificate")
        assert list(installed(world)) == ["ssl"]


async def test_a_secret_that_is_not_there_is_told_and_nothing_of_its_kind_is_deleted(in_service, said, vault):
    async with in_service(OTTAWA) as (world, clone):
        await said(world, clone, more="prune: {certificate: auto}\n")
        assert (await world.applied(OTTAWA)).is_done
        settings = (clone.folder / SETTINGS).read_text()
        clone.commit({SETTINGS: settings.replace("ca.pem", "elsewhere.pem")})
        began = len(world.writes(OTTAWA))
        await world.converge(OTTAWA)
        assert world.writes(OTTAWA, began) == []
        judged = await world.judged(OTTAWA)
        text = "\n".join(plan_lines(judged.plan, judged.found))
        assert "not judged, its secret cannot be read: file:" in text
        assert state_of(judged.found, judged.plan, Outcome(judged.plan.id, Result.IN_SYNC)) is State.UNKNOWN


async def test_what_the_platform_does_not_want_is_told_in_its_words_without_the_secret(in_service, said):
    async with in_service(OTTAWA) as (world, clone):
        await said(world, clone)
        marks = world.site(OTTAWA).system.marks
        marks.add(f"{VERIFIER_SAYS}not for this product: {PAPER}")
        told = str(await world.applied(OTTAWA))
        assert "not for this product: ***" in told
        assert leaks(told.encode()) == []


async def test_a_certificate_of_cert_manager_is_left_to_it(in_service, said):
    async with in_service(OTTAWA) as (world, clone):
        await said(world, clone)
        world.site(OTTAWA).system.marks.discard(f"{ABANDONED}ssl")
        told = str(await world.applied(OTTAWA))
        assert "first delete the system-restapi-gui-certificate Certificate and Secret" in told
        assert "ssl" not in installed(world)


def leaks(content: bytes) -> list[bytes]:
    """Lines of secrets that are in it, also as JSON or a database has them."""
    lines = [line for text in (ROOT.pem, LEAF.pem, LEAF.key, PAPER) for line in text.encode().splitlines()]
    return [line for line in lines if not line.startswith(b"-----") and line in content]


async def test_no_secret_is_in_a_plan_a_verdict_the_store_or_what_was_said(in_service, said):
    async with in_service(OTTAWA) as (world, clone):
        await said(world, clone)
        before = await world.judged(OTTAWA)
        outcome = await world.applied(OTTAWA)
        after = await world.judged(OTTAWA)
        async with world.fleet() as fleet:
            inventory = await fleet.inventory(OTTAWA)
            settings = fleet.office.repository.settings(OTTAWA)
        whose = Whose(OTTAWA, settings, "", "")
        shown = [
            *plan_lines(before.plan, before.found, Detail(calls=True)),
            *(orjson.dumps(plan_json(j.plan)).decode() for j in (before, after)),
            *(orjson.dumps(verdict_json(found(whose, j, outcome, 0.0))).decode() for j in (before, after)),
            repr((before, after, outcome, differences(before.found, before.plan))),
            repr(plain([c.body for s in before.plan.stages for step in s.steps for c in step.calls])),
            orjson.dumps(inventory).decode(),
            repr(world.writes(OTTAWA)),
            *world.said,
        ]
        assert digest(PAPER) in "\n".join(shown)  # it looks at the right things
        assert leaks("\n".join(shown).encode()) == []
        kept = [path for path in world.state.rglob("*") if path.is_file()]
        assert kept
        assert [path for path in kept if leaks(path.read_bytes())] == []


def ends(days, kind):
    """A row of a certificate that ends so many days after the world's new year."""
    at = datetime.fromtimestamp(NEW_YEAR + days * 86_400, UTC).isoformat()[:19]
    return {"certtype": kind, "signature": f"{kind}_{days}", "start_date": "2025-01-01T00:00:00", "expiry_date": at}


async def test_what_ends_is_told_by_type_and_by_the_sites_policy(in_service):
    async with in_service(OTTAWA) as (world, clone):
        for row in (ends(3, "ssl_ca"), ends(20, "ssl_ca"), ends(20, "ssl"), ends(-1, "openldap")):
            world.site(OTTAWA).add_row("certificate", row)
        settings = (clone.folder / SETTINGS).read_text()
        clone.commit({SETTINGS: f"{settings}certificates: {{warnBefore: 7d}}\n"})
        now, found = world.clock.now(), (await world.judged(OTTAWA)).certificates
        assert {one.name: str(one.state(now)) for one in found} == {
            "openldap_-1": "expired",
            "ssl_20": "fine",
            "ssl_ca_3": "soon",
        }
