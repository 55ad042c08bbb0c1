"""How a resource kind is described: one `ResourceKind` value per file in `reconciler.kinds`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic

from pydantic import ValidationError

from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.errors import ConfigError, ConfigErrors
from reconciler.model.expiry import Expiry
from reconciler.model.host import SystemState
from reconciler.model.node import Node
from reconciler.model.origin import Origin
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, ResourceKey, S
from reconciler.model.rows import Rows
from reconciler.model.rule import Rule, as_is
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.unsaid import (
    always_possible,
    always_there,
    as_written,
    never_ends,
    never_late,
    no_host,
    no_word,
    nothing_declared,
    nothing_expressed,
    nothing_owned,
    nothing_usual,
    nothing_withheld,
    nothing_written,
    one_list,
    own_key,
    tells_no_release,
    unlocks_again,
)
from reconciler.model.unshown import ReadOnce, Sealed
from reconciler.model.words import Action, Area, Disruption, Needs, Ownership, Scope, Severity


@dataclass(frozen=True, slots=True)
class Attr:
    """Facts about one attribute that its type cannot say.

    key: part of the resource's identity. replaces: cannot change in place.
    canonical: both sides go through its form before they are compared. refers_to: the kind that this value names.
    spelled: the rule by which `declare`, `read` or `spell` already put a value in the site's spelling, or take one
      out of the comparison; they keep the text as `Resource.written`.
    meets: whether one value is as good as another, where that is not being equal: Git sets a bound. Asked with the two in
      either order; the rule that says why is `spelled`.
    send_only: is sent when the resource is created, and never compared.
    lock_state: the host's administrative state; no kind writes it, the planner's windows do.
    """

    key: bool = False
    replaces: bool = False
    secret: bool = False
    canonical: Rule = as_is
    spelled: Rule | None = None
    meets: Callable[[Any, Any], bool] | None = None
    refers_to: str = ""
    send_only: bool = False
    lock_state: bool = False
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Deletion:
    """What a delete of a kind is, and costs. For the planner, the policies and the reference page.

    never: why nothing of this kind is ever deleted; Git lets go of it, and the site keeps it. "" where it can be.
    is_destructive: data, or a whole part of the site, goes with it: it always needs an approval.
    refused: why the platform would refuse this one, and what it would take; "" if it would not.
    takes: kinds whose members go with what they refer to, by the platform itself; any other that still refers to a
      resource keeps it from being deleted.
    effect: what happens beside the row, in a few words, for people.
    """

    never: str = ""
    is_destructive: bool = False
    refused: Callable[[Change[Any], Context], str] = field(default=lambda _change, _context: "")
    takes: tuple[str, ...] = ()
    effect: str = ""


LET_GO = Deletion(never="Git lets go of it: the site keeps the value that it has")


@dataclass(frozen=True, slots=True)
class Given:
    """A value that the place of a document says, not its text: its name, its section. origin: where, if that is known."""

    value: Any
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a kind may know beside its changes: both sides of the whole site, and what the plan deletes for good.

    workers_out: how many workers may be out of service at a time; of use to the planner alone.
    """

    desired: Snapshot
    observed: Snapshot
    going: frozenset[ResourceKey] = frozenset()
    workers_out: int = 1

    @property
    def system(self) -> SystemState:
        return self.observed.system


@dataclass(frozen=True, repr=False)
class ResourceKind(Generic[S]):
    """Everything the product knows about one kind of resource. All functions are pure.

    collections: lists that `read` needs, by name in `model.rows.COLLECTIONS`; all read, the kind is complete.
    read: rows -> resources with ids. declare: merged documents -> desired resources with origins.
    express: the inverse of declare: a resource of a snapshot -> where documents say it, and what; a list that Git owns
      whole is said whole, whichever of its members is asked for.
    withheld: why `express` says nothing of a resource though documents could, and what a person has to do: a secret.
    usual: attribute -> what it is where nobody ever set it. is_usual: the whole resource is what the platform makes
      by itself. Neither is worth saying where Git is to be short.
    built_in: the platform makes this one by itself, whatever its attributes are by now: nobody is told that Git does
      not say it. Of what there is one everywhere that is so without asking.
    rules: how whole resources of either side are known by another name, or left out.
    write: the changes of this kind on one host that are to be written -> calls. A replacement comes as two
      changes, first a DELETE (in an earlier step), then a CREATE; both must be written.
    needs / disruption: a word, or a function of the change.
    settles: hosts that have to go through lock/unlock for the change to take effect, though it is sent without.
    waits_for: hosts that must be in service before the change is sent (a third Ceph monitor before the OSDs of
      controllers). Its own, after their windows, where something only goes with an unlock: it then has a second one.
      A system-wide change that needs hosts in service needs the controllers.
    comes_late: whether a change has to wait for what kinds that follow let go of, in the same window: a port's new class
      for the bond that the port leaves.
    impossible: why the change cannot be made in place and what it would take; "" if it can.
    keeps_locked: why the platform would not unlock a host again, the site being as a plan leaves it, and what it would
      take; "" if it would. A host in service is not locked then.
    spell: the desired resource in the site's own spelling (device paths, pool names), given what was observed; its
      key may change with it. Applied once, before anything is compared.
    sealed: what is told by secrets, where the kind has such.
    expiry: when an observed resource ends by time, where such do; None where that is not known.
    release: which release of the platform an observed resource says that the site runs; "" of what says none.
    unwanted: whether Git says of a resource that the site is not to have it: one that is there is deleted.
    resumes: what somebody has begun already is waited for, and not begun again: its calls are made of what is seen when they
      are sent.
    read_once: what is noted of it because no API shows it. deploys: making one makes the site what its value files say.
    once_by: the word of Git by which a deployed site is made that anew, once for each.
    asks: why a plan with a change of it is approved as that very plan, whatever the policies say; "" where they decide.
    known_as: the key under which other kinds refer to the resource, where that is not its own: every interface,
      whatever its kind, is an `interface` by its name.
    after: kinds that come earlier, where no attribute refers to them. only_after: those among them without whose resources,
      where Git wants such, nothing of this kind is done at all.
    deletion: what deleting one means. A DELETE comes to `write`, `needs`, `disruption`, `settles` and `waits_for` with
      its observed side alone.
    about: what people read of it beside: the reference page is made of it.
    owns: lists of these resources that Git says whole, as (host, list): an observed member that Git does not name
      is drift there, and unmanaged elsewhere. member_of: the list that a resource is a member of.
    """

    name: str
    spec: type[S]
    area: Area
    read: Callable[[Rows], Iterable[Resource[S]]]
    collections: tuple[str, ...]
    scope: Scope = Scope.SYSTEM
    declare: Callable[[Site], Iterable[Resource[S]]] = nothing_declared
    express: Callable[[Resource[S], Snapshot], Iterable[Said]] = nothing_expressed
    withheld: Callable[[Resource[S], Snapshot], str] = nothing_withheld
    usual: Mapping[str, Any] = field(default_factory=dict)
    is_usual: Callable[[Resource[S], Snapshot], bool] = nothing_usual
    built_in: Callable[[Resource[S], Snapshot], bool] = nothing_usual
    rules: tuple[Rule, ...] = ()
    write: Callable[[Sequence[Change[S]], Context], Iterable[Call]] = nothing_written
    needs: Needs | Callable[[Change[S], Context], Needs] = Needs.ANY
    disruption: Disruption | Callable[[Change[S], Context], Disruption] = Disruption.NONE
    settles: Callable[[Change[S], Context], Iterable[str]] = no_host
    waits_for: Callable[[Change[S], Context], Iterable[str]] = no_host
    comes_late: Callable[[Change[S], Context], bool] = never_late
    impossible: Callable[[Change[S], Context], str] = always_possible
    keeps_locked: Callable[[str, Snapshot], str] = unlocks_again
    spell: Callable[[Resource[S], Snapshot], Resource[S]] = as_written
    sealed: Sealed[S] | None = None
    unwanted: Callable[[Resource[S]], bool] = always_there
    expiry: Callable[[Resource[S]], Expiry | None] = never_ends
    release: Callable[[Resource[S]], str] = tells_no_release
    read_once: ReadOnce[S] | None = None
    deploys: bool = False
    once_by: Callable[[S], str] = no_word
    asks: str = ""
    resumes: bool = False
    known_as: Callable[[Resource[S]], ResourceKey] = own_key
    after: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()
    deletion: Deletion = LET_GO
    owns: Callable[[Site], Iterable[tuple[str, str]]] = nothing_owned
    member_of: Callable[[Resource[S]], str] = one_list
    severity: Severity = Severity.SERVICE
    transient_s: float = 0.0  # for how long a site may show it otherwise while the platform makes it, by itself
    is_stored_first: bool = False  # the API stores the value and applies it apart (DNS, NTP, DRBD): look at the hosts
    is_read_on_demand: bool = False  # its lists cost many requests: read where Git says such, or what such refers to
    is_made: bool = True  # else one that is not there is none of a plan's business: it comes with something else
    is_replicated: bool = False  # other hosts keep copies: no two that have one of these are out of service together
    documents: tuple[str, ...] = ()  # "HostProfile.spec.routes": where Git says it, for the reference page
    about: About = field(default_factory=About)

    def __repr__(self) -> str:
        return f"<kind {self.name}>"

    @cached_property
    def attributes(self) -> Mapping[str, Attr]:
        """Each attribute of the spec with its facts."""
        fields = self.spec.model_fields.items()
        return {n: next((m for m in f.metadata if isinstance(m, Attr)), Attr()) for n, f in fields}

    @cached_property
    def keys(self) -> frozenset[str]:
        """The attributes that tell its resources apart; none where there is only one."""
        return frozenset(name for name, fact in self.attributes.items() if fact.key)

    def places(self, attribute: str) -> tuple[str, ...]:
        """Where documents say an attribute: `HostProfile.spec.routes.gateway`. Nothing for what they never say."""
        return self.about.paths(attribute, self.documents[0]) if self.documents else ()

    @cached_property
    def references(self) -> frozenset[str]:
        """The kinds that this kind's attributes name."""
        return frozenset(a.refers_to for a in self.attributes.values() if a.refers_to)

    @property
    def ownership(self) -> Ownership:
        """Whether an extra member is drift or unmanaged."""
        return Ownership.BY_KEY if self.owns is nothing_owned else Ownership.WHOLE

    @property
    def is_inventory(self) -> bool:
        """Only read: what the machine is, not what Git says."""
        return self.declare is nothing_declared

    def key(self, spec: S, host: str = "") -> ResourceKey:
        """The identity of a spec: its key attributes, joined by `/`."""
        names = [str(getattr(spec, n)) for n, attr in self.attributes.items() if attr.key]
        return ResourceKey(self.name, "/".join(names), host if self.scope is Scope.HOST else "")

    def declared(self, node: Node, host: str = "", /, **attributes: str | Node | Given | None) -> Resource[S]:
        """A desired resource from a document's node: spec attribute -> where it is said.

        A string is a dotted path inside `node`, a Node was found elsewhere, Given is said by the document's place
        (its name, its section). What is absent or null is not said, nor is an empty text inside `node` (rule EMPTY).
        Raises ConfigErrors, at the place of each value that the spec refuses.
        """
        values: dict[str, Any] = {}
        origins: dict[str, Origin] = {}
        written: dict[str, Any] = {}
        for name, place in attributes.items():
            if isinstance(place, Given):
                values[name] = place.value
                origins |= {name: place.origin} if place.origin else {}
                continue
            member = node.at(*place.split(".")) if isinstance(place, str) else place
            if member is not None and member.value == "" and isinstance(place, str):
                origins[name], written[name] = member.origin, ""
            elif member is not None and member.value is not None:
                values[name], origins[name] = member.plain(), member.origin
                if member.written is not None:
                    written[name] = member.written
        try:
            spec = self.spec(**values)
        except ValidationError as error:
            raise ConfigErrors(self._refusals(error, origins, node)) from None
        return Resource(self.key(spec, host), spec, origins=origins, origin=node.origin, written=written)

    def said(self, resource: Resource[S], place: Said, table: Mapping[str, str]) -> Iterator[Said]:
        """The inverse of `declared` with the same table: the place itself, then every attribute that is said.

        An empty text cannot be said: in a merge it keeps what is below.
        """
        yield place
        for name, dotted in table.items():
            value = getattr(resource.spec, name) if name in resource.spec.model_fields_set else None
            if value is not None and value != "":
                yield place.member(dotted).says(value)

    def _refusals(self, error: ValidationError, origins: Mapping[str, Origin], node: Node) -> Iterator[ConfigError]:
        for one in error.errors(include_url=False, include_input=False):
            attribute = str(one["loc"][0]) if one["loc"] else ""
            text = " ".join(filter(None, (self.name, attribute)))
            yield ConfigError(f"{text}: {one['msg']}", origins.get(attribute, node.origin))

    def is_same(self, attribute: str, one: Any, other: Any) -> bool:
        """Whether two values of an attribute count as equal: as they are, in its canonical form, or by its bound."""
        if one == other:
            return True
        fact = self.attributes[attribute]
        if fact.meets is not None:
            return fact.meets(one, other)
        return fact.canonical is not as_is and bool(fact.canonical(one) == fact.canonical(other))

    def compared(self, spec: S) -> Iterator[str]:
        """The attributes of a desired spec that count: said, no key, not only sent."""
        for name in sorted(spec.model_fields_set):
            if not (self.attributes[name].key or self.attributes[name].send_only):
                yield name

    def is_built_in(self, resource: Resource[S], snapshot: Snapshot) -> bool:
        """Whether it is on the site without anybody's doing."""
        return not self.keys or self.built_in(resource, snapshot)

    def is_sealed(self, resource: Resource[S]) -> bool:
        """Whether a secret has to be read before it can be compared."""
        return self.sealed is not None and self.sealed.concerns(resource)

    def is_placed(self, resource: Resource[S]) -> bool:
        """Whether Git says where its secrets are, if it has such."""
        return self.sealed is None or not self.sealed.concerns(resource) or bool(self.sealed.places(resource))

    def is_read_for(self, said: Collection[str]) -> bool:
        """Whether its lists are read at a site of which Git says resources of these kinds."""
        return not self.is_read_on_demand or not self.references.isdisjoint(said) or self.name in said

    def needs_of(self, change: Change[S], context: Context) -> Needs:
        return self.needs(change, context) if callable(self.needs) else self.needs

    def disruption_of(self, change: Change[S], context: Context) -> Disruption:
        price = self.disruption(change, context) if callable(self.disruption) else self.disruption
        return max(price, Disruption.DESTRUCTIVE) if change.pruning and self.deletion.is_destructive else price

    @property
    def has_deletes(self) -> bool:
        """Whether a member that a commit removed from Git may be deleted from the site."""
        return not self.deletion.never

    def why_not(self, change: Change[S], context: Context) -> str:
        """Why the change cannot be made in place and what it would take; "" if it can."""
        if change.action is not Action.DELETE:
            return self.impossible(change, context)
        if change.pruning and not change.pruning.removal.commit:
            return "removed by edits that nobody committed: commit them, a delete follows commits only"
        return self.deletion.never or self.deletion.refused(change, context)


Kinds = Mapping[str, ResourceKind[Any]]
