"""What can be wrong with a source, by what has to happen next. No text here ever holds a credential."""

from __future__ import annotations


class SourceError(Exception):
    """The source cannot be used as it is; the message says what, where, and what to do."""


class RefusedRepositoryError(SourceError):
    """The repository's address is not one that we talk to: a configuration to mend, never retried."""


class UnreachableRepositoryError(SourceError):
    """The remote did not answer, refused us or was too slow: retried at the next poll, the last head stays."""


class MissingBranchError(SourceError):
    """The remote answered and does not have the branch: the last head stays until somebody decides."""


class UnknownRevisionError(SourceError):
    """A revision names no commit of the mirror."""


class EmptyRootError(SourceError):
    """The root holds no site-config repository: an error, never "no sites" (a wrong path would un-manage a fleet)."""


class UnknownSiteError(SourceError):
    """No folder of that name under subclouds/ at that commit."""


class UnreadableInputError(SourceError):
    """One file of one site is not a regular file of sane size: held for that site, the others go on."""


class UnusableTrustError(SourceError):
    """Signatures are asked for and what decides over them is missing or misplaced: a configuration to mend."""
