"""Removed from Git: proposed, approved, deleted in order with one window; then nothing is left to do."""

from __future__ import annotations

from reconciler.cli.plan_text import plan_lines
from reconciler.model.words import Action, Result
from reconciler.simulator.interference import Rule, Trouble
from reconciler.store import Store
from tests.desired.writing import document
from tests.e2e.ottawa import OTTAWA, OWN, SETTINGS
from tests.e2e.removing import DISK, GONE, HARMLESS, LESS, ONCE, OSD, deletes, had

CONVERSION = document(
    "HostProfile", "ran-server", "  storage:\n    filesystems:\n    - name: image-conversion\n      size: 10"
)
SITE = "layers: [common, aio-sx-ran]\nvalues: {site: ottawa-001, place: Ottawa, boot_mac: '52:54:00:01:00:a0'}\n"


def pruning(**policies):
    """The site's own file with these prune policies."""
    told = "".join(f"  {kind.replace('_', '-')}: {policy}\n" for kind, policy in policies.items())
    return {SETTINGS: f"{SITE}prune:\n{told}"}


async def test_what_a_commit_removed_is_deleted_in_order_with_one_window(removed):
    async with removed() as (world, _clone):
        locks, sent = world.count(OTTAWA, "lock"), len(world.writes(OTTAWA))
        judged = await world.judged(OTTAWA)
        assert {str(c.key) for c in judged.found.changes if c.action is Action.DELETE} == GONE
        ended = await world.applied(OTTAWA, approved=judged.plan.id)
        assert ended.is_done
        assert world.count(OTTAWA, "lock") == locks + 1
        assert all(write.status < 400 for write in world.writes(OTTAWA, sent))
        assert deletes(world, sent)
        assert await world.is_in_sync(OTTAWA)


async def test_a_plan_shows_each_removed_block_where_git_said_it(removed):
    async with removed() as (world, clone):
        judged = await world.judged(OTTAWA)
        told = list(plan_lines(judged.plan, judged.found))
        at = told.index(
            f"  - {OSD}  (removed by {clone.head()[:12]}, said at {clone.git('rev-parse', 'HEAD~')[:12]};"
            " destructive: needs approval)"
        )
        line = 1 + ONCE.splitlines().index(f"    - path: {DISK}")
        said = {"cluster = ceph_rook_cluster": line + 2, "function = osd": line + 1, f"path = {DISK}": line}
        assert [" ".join(text.split()) for text in told[at + 2 : at + 5]] == [
            f"- {text} # {OWN}:{number}" for text, number in said.items()
        ]


async def test_a_plan_says_where_the_site_has_another_value_than_was_removed(removed):
    """Somebody has been there since: who approves the delete is to know."""
    async with removed() as (world, _clone):
        world.site(OTTAWA).change_rows("labels", {"label_key": "rack"}, {"label_value": "r99"})
        judged = await world.judged(OTTAWA)
        told = [line.split("#")[0].strip() for line in plan_lines(judged.plan, judged.found)]
        assert "- value = r12 (the site has r99)" in told
        assert "- value = enabled" in told


async def test_deletes_go_the_way_of_creation_backwards(removed):
    async with removed() as (world, _clone):
        sent = len(world.writes(OTTAWA))
        made = list(dict.fromkeys(_collection(w) for w in world.writes(OTTAWA) if w.method == "POST"))
        judged = await world.judged(OTTAWA)
        await world.applied(OTTAWA, approved=judged.plan.id)
        gone = list(dict.fromkeys(_collection(w) for w in world.writes(OTTAWA, sent) if w.method == "DELETE"))
        for user, used in [("routes", "addresses"), ("addresses", "iinterfaces")]:
            assert made.index(used) < made.index(user)
            assert gone.index(user) < gone.index(used)


def _collection(write):
    return write.path.split("/")[2]


async def test_proposed_deletes_wait_while_the_rest_of_the_commit_goes(removed):
    async with removed() as (world, clone):
        clone.commit({OWN: LESS + document("DataNetwork", "fresh", "  type: vlan")})
        ended = await world.applied(OTTAWA, approved="")
        assert ended.result is Result.HELD
        assert "8 of 10 changes held: waits for approval: prune is propose for what Git removed" in ended.message
        assert "2 of 10 changes held: waits for approval of this very plan: deleting is destructive" in ended.message
        judged = await world.judged(OTTAWA)
        assert (had(judged), deletes(world)) == (GONE, [])
        assert "data-network/fresh" in map(str, judged.observed.resources)


async def test_an_approval_of_another_plan_deletes_nothing(removed):
    async with removed() as (world, clone):
        old = (await world.judged(OTTAWA)).plan.id
        clone.commit({OWN: LESS + document("DataNetwork", "fresh", "  type: vlan")})
        ended = await world.applied(OTTAWA, approved=old)
        assert (ended.result, deletes(world)) == (Result.HELD, [])
        assert had(await world.judged(OTTAWA)) == GONE


async def test_not_to_ask_is_no_approval_of_what_destroys(removed):
    async with removed() as (world, _clone):
        ended = await world.applied(OTTAWA, approved="*")
        assert ended.result is Result.HELD
        judged = await world.judged(OTTAWA)
        assert had(judged) == GONE - HARMLESS
        assert (await world.applied(OTTAWA, approved=judged.plan.id)).is_done
        assert await world.is_in_sync(OTTAWA)


async def test_prune_never_lets_go_and_says_so(removed):
    async with removed() as (world, clone):
        clone.commit(pruning(default="never"))
        judged = await world.judged(OTTAWA)
        assert (judged.plan.is_empty, {str(r.key) for r in judged.removals.open}) == (True, GONE)
        assert (await world.applied(OTTAWA)).result is Result.IN_SYNC
        assert deletes(world) == []
        clone.commit(pruning(default="never", label="auto"))
        await world.applied(OTTAWA, approved="")
        assert GONE - had(await world.judged(OTTAWA)) == {"controller-0/label/openvswitch", "controller-0/label/rack"}


async def test_prune_auto_asks_nobody_but_for_what_destroys(removed):
    async with removed() as (world, clone):
        clone.commit(pruning(default="auto"))
        locks = world.count(OTTAWA, "lock")
        ended = await world.applied(OTTAWA, approved="")
        assert (ended.result, had(await world.judged(OTTAWA))) == (Result.HELD, GONE - HARMLESS)
        assert world.count(OTTAWA, "lock") == locks + 1


async def test_what_was_declined_stays_until_git_says_it_again(removed):
    async with removed() as (world, clone):
        await world.applied(OTTAWA, approved="")
        with Store.open(world.state) as store:
            assert store.decline(OTTAWA, OSD)
        judged = await world.judged(OTTAWA)
        assert OSD not in {str(c.key) for c in judged.plan.changes}
        assert (await world.applied(OTTAWA, approved=judged.plan.id)).is_done
        assert had(await world.judged(OTTAWA)) == {OSD}
        assert await world.is_in_sync(OTTAWA)
        clone.commit({OWN: ONCE})
        assert (await world.applied(OTTAWA)).is_done
        clone.commit({OWN: LESS})
        assert OSD in {str(r.key) for r in (await world.judged(OTTAWA)).removals.open}


async def test_a_removal_waits_while_its_list_cannot_be_read(removed):
    async with removed() as (world, clone):
        clone.commit(pruning(default="auto"))
        rules = world.site(OTTAWA).interference.rules
        rules.append(Rule(Trouble.REFUSE, "GET", ".*/(labels|istors).*", count=None))
        for _ in range(2):  # found, and then carried
            await world.applied(OTTAWA)
        judged = await world.judged(OTTAWA)
        unread = {"controller-0/label/openvswitch", "controller-0/label/rack", OSD}
        assert {str(r.key) for r in judged.removals.unread} == unread
        rules.clear()
        judged = await world.judged(OTTAWA)
        assert unread <= had(judged)
        assert (await world.applied(OTTAWA, approved=judged.plan.id)).is_done
        assert had(await world.judged(OTTAWA)) == set()


async def test_a_delete_waits_while_what_may_use_it_cannot_be_read(removed):
    async with removed() as (world, clone):
        clone.commit(pruning(default="auto"))
        world.site(OTTAWA).interference.rules.append(Rule(Trouble.REFUSE, "GET", ".*/routes.*", count=None))
        await world.applied(OTTAWA)
        judged = await world.judged(OTTAWA)
        assert {b.reason for b in judged.plan.blocked if str(b.key) == "controller-0/vlan/field0"} == {
            "whether something still uses it is not known: controller-0 route was not read to its end"
        }


async def test_what_was_just_made_can_be_deleted_at_once(in_service):
    """A filesystem is refused to go while it is being made (sysinv host_fs.py _delete): making it waits for its end."""
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: CONVERSION})
        assert (await world.applied(OTTAWA)).is_done
        clone.commit({OWN: None})
        sent = len(world.writes(OTTAWA))
        judged = await world.judged(OTTAWA)
        assert (await world.applied(OTTAWA, approved=judged.plan.id)).is_done
        assert all(write.status < 400 for write in world.writes(OTTAWA, sent))
        assert await world.is_in_sync(OTTAWA)
