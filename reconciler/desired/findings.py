"""What reading a site's files found: errors, all of them, and notices. Said once for each place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reconciler.model.errors import ConfigError, ConfigErrors
from reconciler.model.origin import Origin
from reconciler.model.site import Notice


@dataclass(slots=True)
class Findings:
    """Collected while a site is read; never shared between sites."""

    _errors: dict[tuple[str, str], ConfigError] = field(default_factory=dict)
    _notices: dict[tuple[str, str], Notice] = field(default_factory=dict)

    def refuse(self, message: str, origin: Origin | str) -> None:
        """Something that must be mended before the site can be read."""
        self._errors.setdefault((str(origin), message), ConfigError(message, origin))

    def refuse_all(self, errors: Iterable[ConfigError]) -> None:
        for error in errors:
            self._errors.setdefault((str(error.origin), error.message), error)

    def notice(self, message: str, origin: Origin | str) -> None:
        """Something that the author should know, which stops nothing."""
        self._notices.setdefault((str(origin), message), Notice(message, str(origin)))

    def take(self, notices: Iterable[Notice]) -> None:
        for notice in notices:
            self._notices.setdefault((notice.where, notice.message), notice)

    def include(self, other: Findings) -> None:
        """Everything that another reading found."""
        self.refuse_all(other._errors.values())
        self.take(other.notices)

    @property
    def has_errors(self) -> bool:
        return bool(self._errors)

    def has_error_at(self, origin: Origin) -> bool:
        """Something was refused at that very line."""
        return any(where == str(origin) for where, _ in self._errors)

    @property
    def notices(self) -> tuple[Notice, ...]:
        return tuple(self._notices.values())

    def end(self) -> None:
        """Raises ConfigErrors, by file and line, if anything was refused."""
        if self._errors:
            raise ConfigErrors(sorted(self._errors.values(), key=_place))


def _place(error: ConfigError) -> tuple[str, int, int]:
    if isinstance(error.origin, Origin):
        return error.origin
    return error.origin, 0, 0
