"""The worlds of the end-to-end tests."""

from tests.e2e.conftest import git, in_service, opened

__all__ = ["git", "in_service", "opened"]
