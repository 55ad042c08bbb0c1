"""The splices that make a YAML text say something else, one for each place that differs, and none elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeAlias

from reconciler.adopt.edit_layout import Element, Form, Member, Part
from reconciler.adopt.edit_pairing import is_same, paired
from reconciler.adopt.edit_style import Style
from reconciler.model.errors import ConfigError
from reconciler.model.origin import Origin

Item: TypeAlias = Member | Element


@dataclass(frozen=True, slots=True)
class Splice:
    """`text` in the place of what stands from start to end."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value hangs. after: the offset behind its `:` or `-`. column: that of its key or dash."""

    after: int
    column: int
    is_member: bool = False
    in_flow: bool = False


@dataclass(slots=True)
class Splicing:
    """One text on its way to other values."""

    file: str
    text: str
    style: Style
    splices: list[Splice] = field(default_factory=list)

    def change(self, part: Part, new: Any, place: Place) -> None:
        """What `part` says becomes `new`."""
        if is_same(part.value, new):
            return
        if part.form is Form.MAPPING and isinstance(new, Mapping) and self._keeps(part, new):
            self._change_mapping(part, new, in_flow=part.is_flow)
        elif part.form is Form.SEQUENCE and isinstance(new, list) and new and part.elements:
            self._change_sequence(part, new, in_flow=part.is_flow)
        else:
            self._replace(part, new, place)

    @staticmethod
    def _keeps(part: Part, new: Mapping[str, Any]) -> bool:
        """Some line of the mapping stays."""
        return any(member.is_merge or member.name in new for member in part.members)

    def _change_mapping(self, part: Part, new: Mapping[str, Any], *, in_flow: bool) -> None:
        own = {member.name: member for member in part.members if not member.is_merge}
        if gone := [key for key in part.value if key not in new and key not in own]:
            message = f"{gone[0]} comes in by << and cannot be taken out here: write the mapping out without <<"
            raise self._refusal(message, part)
        for name, member in own.items():
            if name in new:
                self.change(member.part, new[name], self._place(member, in_flow=in_flow))
        kept = [m for m in part.members if m.is_merge or m.name in new]
        self._remove(part.members, [m for m in own.values() if m.name not in new], in_flow=in_flow)
        merged = {key: value for key, value in part.value.items() if key not in own}
        added = {k: v for k, v in new.items() if k not in own and not (k in merged and is_same(merged[k], v))}
        if added:
            self._add_members(kept[-1], part.members[0], added, in_flow=in_flow)

    def _place(self, member: Member, *, in_flow: bool) -> Place:
        """A value's place, behind the colon of its key."""
        colon = self.text.find(":", member.key.end)
        if self.text[member.key.end : colon].strip() or (not in_flow and self._is_explicit(member)):
            raise self._refusal("this key and its value do not stand as `key: value`: edit it by hand", member.key)
        return Place(colon + 1, member.key.column, is_member=True, in_flow=in_flow)

    def _is_explicit(self, member: Member) -> bool:
        """`? key` on a line, `: value` on the next."""
        before = self.text[self._line_start(member.key.start) : member.key.start].strip()
        return before.endswith("?")

    def _add_members(self, last: Member, first: Member, added: Mapping[str, Any], *, in_flow: bool) -> None:
        if in_flow:
            text = "".join(f", {self.style.inline(k, in_flow=True)}: {self._flow(v)}" for k, v in added.items())
            self.splices.append(Splice(last.end, last.end, text))
        else:
            if self._is_explicit(last):
                raise self._refusal("keys written as `? key` are not edited: edit this mapping by hand", last.key)
            column = self._column(first.key.start)
            self._add_lines(last.end, self.style.block(added, column))

    def _change_sequence(self, part: Part, new: Sequence[Any], *, in_flow: bool) -> None:
        pairs, added = paired([element.part.value for element in part.elements], new)
        for old_index, new_index in pairs.items():
            element = part.elements[old_index]
            column = self._column(element.start)
            after = element.start + (not in_flow)
            self.change(element.part, new[new_index], Place(after, column, in_flow=in_flow))
        gone = [element for index, element in enumerate(part.elements) if index not in pairs]
        if len(gone) == len(part.elements):
            raise AssertionError("a list with nothing kept is replaced")  # paired() keeps one of two that are not empty
        self._remove(part.elements, gone, in_flow=in_flow)
        for before, values in added.items():
            self._add_elements(part, before, values, in_flow=in_flow)

    def _add_elements(self, part: Part, before: int | None, values: list[Any], *, in_flow: bool) -> None:
        """After the old element `before`; None: ahead of all."""
        quote = _quote(part)
        if in_flow:
            texts = [self._flow(value, quote) for value in values]
            at = part.elements[0].start if before is None else part.elements[before].end
            text = "".join(f"{t}, " for t in texts) if before is None else "".join(f", {t}" for t in texts)
            self.splices.append(Splice(at, at, text))
            return
        first = part.elements[0].start
        lines = self.style.block(values, self._column(first), quote)
        if before is not None:
            self._add_lines(part.elements[before].end, lines)
        else:
            pad = self.style.newline + " " * self._column(first)
            text = self.style.newline.join(lines).lstrip(" ")
            self.splices.append(Splice(first, first, text + pad))

    def _remove(self, items: Sequence[Item], gone: Sequence[Item], *, in_flow: bool) -> None:
        """Take items out, one run of neighbours at a time; at least one item stays."""
        is_gone = [any(item is one for one in gone) for item in items]
        for first, last in _runs(is_gone):
            following = items[last + 1] if last + 1 < len(items) else None
            if in_flow:
                self._remove_inline(items, first, last)
            elif following is not None and not self._is_first_on_line(items[first].start):
                self._check_gaps(items, first, last, in_flow=False)
                self.splices.append(Splice(items[first].start, following.start, ""))
            else:
                for item in items[first : last + 1]:
                    self._remove_lines(item.start, item.end)

    def _remove_inline(self, items: Sequence[Item], first: int, last: int) -> None:
        self._check_gaps(items, first, last, in_flow=True)
        if last + 1 < len(items):
            self.splices.append(Splice(items[first].start, items[last + 1].start, ""))
        else:
            self.splices.append(Splice(items[first - 1].end, items[last].end, ""))

    def _check_gaps(self, items: Sequence[Item], first: int, last: int, *, in_flow: bool) -> None:
        """A comment between values on the way out would go with them; one behind a block value is of its line."""
        around = items[max(first - 1, 0) : last + 2]
        for one, other in pairwise(around):
            if "#" in self.text[one.end if in_flow else self._line_end(one.end) : other.start]:
                message = "a comment stands between what goes and what stays: edit this by hand"
                raise ConfigError(message, f"{self.file}:{self.text.count(chr(10), 0, one.end) + 1}")

    def _remove_lines(self, start: int, end: int) -> None:
        """The lines of a block item, with the comment behind it; comments above it stay."""
        begin, stop = self._line_start(start), self._line_end(end)
        following = self.text.find("\n", stop)
        if following >= 0:
            self.splices.append(Splice(begin, following + 1, ""))
        else:  # the last line, and it has no end
            before = len(self.text[:begin].rstrip("\r\n"))
            self.splices.append(Splice(before, stop, ""))

    def _replace(self, part: Part, new: Any, place: Place) -> None:
        if part.anchor and (part.is_block or isinstance(new, Mapping | list)):
            message = f"&{part.anchor} stands on what is to become something else: edit it by hand"
            raise self._refusal(message, part)
        if place.in_flow or not self._is_block(part, new):
            self._replace_inline(part, new, place)
        elif place.is_member:
            self._replace_below(part, new, place)
        else:
            column = part.column if part.is_block else place.column + 2
            text = self.style.newline.join(self.style.block(new, column)).lstrip(" ")
            padding = " " if part.is_empty else ""
            self.splices.append(Splice(part.body, part.end, padding + text))

    @staticmethod
    def _is_block(part: Part, new: Any) -> bool:
        """Whether the new value gets lines of its own: a flow list of scalars stays one."""
        if not isinstance(new, Mapping | list) or not new:
            return False
        holds_more = any(isinstance(v, Mapping | list) for v in (new.values() if isinstance(new, Mapping) else new))
        return holds_more or not part.is_flow or isinstance(new, Mapping)

    def _replace_inline(self, part: Part, new: Any, place: Place) -> None:
        if isinstance(new, Mapping | list):
            text = self._flow(new)
        elif part.style == "|" and isinstance(new, str) and (lines := self.style.literal(new)):
            pad = " " * self._inside(part, place)
            text = self.style.newline.join(["|", *(pad + line if line else line for line in lines)])
        else:
            quote = part.style if part.style in {"'", '"'} else ""
            text = self.style.inline(new, quote, in_flow=place.in_flow)
        if part.is_block and place.is_member:
            self.splices.append(Splice(place.after, place.after, f" {text}"))
            self.splices.append(Splice(self._line_end(place.after), self._line_end(part.end), ""))
        else:
            padding = " " if part.is_empty and self.text[part.body - 1 : part.body] in {":", "-"} else ""
            self.splices.append(Splice(part.body, part.end, padding + text))

    def _inside(self, part: Part, place: Place) -> int:
        """The column of the text of a literal scalar."""
        for line in self.text[part.body : part.end].splitlines()[1:]:
            if line.strip():
                return len(line) - len(line.lstrip(" "))
        return place.column + self.style.step

    def _replace_below(self, part: Part, new: Any, place: Place) -> None:
        """A collection on the lines below its key, whatever stood there."""
        same_form = part.is_block and isinstance(new, Mapping) == (part.form is Form.MAPPING)
        column = self._child_column(part) if same_form else self.style.below(place.column, new)
        lines = self.style.newline.join(["", *self.style.block(new, column)])
        if part.is_block:
            self.splices.append(Splice(self._line_end(place.after), self._line_end(part.end), lines))
        else:
            self.splices.append(Splice(place.after, part.end, ""))
            self._insert(self._line_end(part.end), lines)

    def _child_column(self, part: Part) -> int:
        items: Sequence[Item] = part.members or part.elements
        return self._column(items[0].start)

    def _add_lines(self, end: int, lines: Iterable[str]) -> None:
        """New lines below the line in which something ends."""
        self._insert(self._line_end(end), self.style.newline.join(["", *lines]))

    def _insert(self, at: int, text: str) -> None:
        self.splices.append(Splice(at, at, text))

    def _flow(self, value: Any, quote: str = "") -> str:
        return self.style.inline(value, quote, in_flow=True)

    def _is_first_on_line(self, offset: int) -> bool:
        return not self.text[self._line_start(offset) : offset].strip()

    def _column(self, offset: int) -> int:
        return offset - self._line_start(offset)

    def _line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def _line_end(self, offset: int) -> int:
        """The offset of the line's end, before its line break of one or two characters."""
        end = self.text.find("\n", offset)
        end = len(self.text) if end < 0 else end
        return end - 1 if self.text[end - 1 : end] == "\r" and end > offset else end

    def _refusal(self, message: str, part: Part) -> ConfigError:
        return ConfigError(message, Origin(self.file, part.line + 1, part.column + 1))


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """The text with every splice made; those at one place in the order that they were found."""
    pieces, at = [], 0
    for splice in sorted(splices, key=lambda s: s.start):
        is_swallowed = splice.start < at and text[at - 1] == "\n"
        pieces += [text[at : splice.start], _as_lines(splice.text) if is_swallowed else splice.text]
        at = max(at, splice.end)
    return "".join([*pieces, text[at:]])


def _as_lines(text: str) -> str:
    """New lines below one that goes: the line end ahead of them went with it, so it comes behind."""
    for end in ("\r\n", "\n"):
        if text.startswith(end):
            return text.removeprefix(end) + end
    return text


def _runs(marks: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """First and last index of every run of marks."""
    start = None
    for index, mark in enumerate([*marks, False]):
        if mark and start is None:
            start = index
        elif not mark and start is not None:
            yield start, index - 1
            start = None


def _quote(part: Part) -> str:
    """The quotes that all elements of a list of texts have."""
    styles = {element.part.style for element in part.elements}
    style = next(iter(styles)) if len(styles) == 1 else ""
    return style if style in {"'", '"'} else ""
