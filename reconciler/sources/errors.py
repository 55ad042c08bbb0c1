"""What can be wrong with a source, by what has to happen next. No text here ever holds a credential.

SourceError alone waits: the next poll may find it mended. Those that are a ConfigError too wait for Git to move or for
the operator to change a setting.
"""

from __future__ import annotations

from typing import ClassVar

from reconciler.model.errors import ConfigError, Reason, ReconcilerError


class SourceError(ReconcilerError):
    """The source cannot be used as it is; the message says what, where, and what to do."""


class GitError(SourceError):
    """Git ended with an error; the text is git's own, without credentials."""


class UnreachableRepositoryError(SourceError):
    """The remote did not answer, refused us or was too slow: the last head stays."""

    reason: ClassVar[Reason] = Reason.UNREACHABLE


class MissingBranchError(SourceError):
    """The remote answered and does not have the branch: the last head stays until somebody decides."""


class RefusedPushError(SourceError):
    """The remote did not take a branch, or did not answer."""


class UnknownRevisionError(SourceError):
    """A revision names no commit of the mirror."""


class UnknownSiteError(SourceError):
    """No folder of that name under subclouds/ at that commit."""


class RefusedRepositoryError(SourceError, ConfigError):
    """The repository's address is not one that we talk to."""


class EmptyRootError(SourceError, ConfigError):
    """The root holds no site-config repository: an error, never "no sites" (a wrong path would un-manage a fleet)."""


class UnreadableInputError(SourceError, ConfigError):
    """One file of one site is not a regular file of sane size: held for that site, the others go on."""


class UnusableTrustError(SourceError, ConfigError):
    """Signatures are asked for, and what decides over them is missing or misplaced."""
