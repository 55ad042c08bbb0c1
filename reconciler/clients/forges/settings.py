"""The file of `stxr run --forge`: where pull requests are, and what opens them.

    type: gitlab
    url: https://gitlab.example.org
    project: ran/site-config
    token:
      secretRef: file:forge-token

It belongs to who runs the controller and stands outside the site-config repository: whoever may change it there could
have the token sent to themselves. Paths are relative to the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError

from reconciler.clients.oidc_file import safe_url
from reconciler.clients.own_file import Said, explained, read
from reconciler.clients.secrets import SecretReference, forget, off_the_loop, resolve
from reconciler.model.errors import ConfigError, ConfigErrors
from reconciler.model.forge import Forge
from reconciler.model.reference import IN_WORDS

WHAT = "forge file"
ROOT = Path("/")
PROJECT = r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$"
PUBLIC = "https://github.com"
HOME = {Forge.GITHUB: PUBLIC, Forge.GITLAB: "https://gitlab.com"}


def _address(url: str) -> str:
    """It may be http: only people go there."""
    parts = urlsplit(url)
    if url and (parts.scheme not in {"https", "http"} or not parts.hostname or parts.username or parts.query):
        raise ValueError("must be a URL such as https://stxr.example.org")
    return url.rstrip("/")


class Token(Said):
    secret_ref: SecretReference = Field(description=f"Where the token is: {IN_WORDS}. Never the token.")


class ForgeFile(Said):
    """Where pull requests are, and what opens them."""

    type: Literal[Forge.GITHUB, Forge.GITLAB, Forge.GITEA] = Field(
        description="github, gitlab, or gitea, which Forgejo is too."
    )
    url: Annotated[str, AfterValidator(safe_url)] = Field(
        default="", description="Where people open it; github.com and gitlab.com need not be said."
    )
    project: str = Field(pattern=PROJECT, description="`owner/name`; at GitLab with all its groups.")
    token: Token = Field(description="Who we are there.")
    account: str = Field(
        default="", description="Our account's name; the forge is asked without. A GitHub App needs it: `name[bot]`."
    )
    controller: Annotated[str, AfterValidator(_address)] = Field(
        default="", description="Where people reach this controller's API: comments and statuses lead there."
    )
    ca_bundle: Path | None = Field(default=None, description="CAs of the forge, PEM; otherwise those of the machine.")

    @property
    def home(self) -> str:
        """Where people open it, without a slash at its end."""
        return (self.url or HOME.get(self.type, "")).rstrip("/")

    @property
    def api(self) -> str:
        """Where its REST API is.

        GitHub Enterprise Server: docs.github.com rest/enterprise-admin, `https://HOSTNAME/api/v3`; GitLab: gitlab-org/gitlab
        doc/api/rest/index.md, `/api/v4`; Gitea: docs.gitea.com development/api-usage, `/api/v1`.
        """
        if self.type is Forge.GITHUB:
            return "https://api.github.com" if self.home == PUBLIC else f"{self.home}/api/v3"
        return f"{self.home}/api/v4" if self.type is Forge.GITLAB else f"{self.home}/api/v1"

    @property
    def shown(self) -> str:
        """How errors name it."""
        return f"{self.type} {self.home} {self.project}"

    def link(self, review: str) -> str:
        """Where people find a review; "" where nobody said where the controller is."""
        return f"{self.controller}/api/v1/reviews/{review}" if self.controller else ""

    def secret(self) -> SecretStr:
        """The token as it is now. Raises ConfigError, never with a value."""
        return resolve(self.token.secret_ref, ROOT)

    async def secret_now(self) -> SecretStr:
        """The same, for an event loop."""
        return await off_the_loop(self.token.secret_ref, self.secret)

    def forget_secret(self) -> None:
        """It was not taken: whoever keeps it may have another by now."""
        forget(self.token.secret_ref, ROOT)

    def beside(self, folder: Path) -> ForgeFile:
        """The same, its paths from the root; relative ones are of this folder."""
        scheme, _, name = self.token.secret_ref.partition(":")
        has_path = scheme in {"file", "sops"}
        token = Token(secret_ref=f"{scheme}:{folder.resolve() / name}") if has_path else self.token
        return self.model_copy(update={"token": token, "ca_bundle": self.ca_bundle and folder / self.ca_bundle})


def load_forge(path: Path) -> ForgeFile:
    """What the file says. Raises ConfigErrors naming all that is wrong, or ConfigError."""
    said = read(path, WHAT)
    if not isinstance(said, dict):
        raise ConfigError("must hold type, project and token", str(path))
    try:
        found = ForgeFile.model_validate(said)
    except ValidationError as error:
        raise ConfigErrors(list(explained(error, str(path)))) from None
    if not found.home:
        raise ConfigErrors([ConfigError(f"url is missing: a {found.type} is at home anywhere", str(path))])
    return found.beside(path.parent)
