"""The file that says where pull requests are."""

from __future__ import annotations

import pytest

from reconciler.clients.forges import load_forge
from reconciler.model.errors import ConfigErrors

WHOLE = "type: gitlab\nurl: https://gitlab.example.org\nproject: ran/edge/site-config\ntoken: {secretRef: file:token}\n"


def written(tmp_path, text):
    path = tmp_path / "forge.yaml"
    path.write_text(text)
    return path


def test_the_token_is_read_where_the_file_says_each_time(tmp_path):
    settings = load_forge(written(tmp_path, WHOLE))
    for value in ("first", "second"):
        (tmp_path / "token").write_text(value)
        (tmp_path / "token").chmod(0o600)
        assert settings.secret().get_secret_value() == value
    assert "second" not in repr(settings)


@pytest.mark.parametrize(
    ("said", "api"),
    [
        ("type: github", "https://api.github.com"),
        ("type: github\nurl: https://github.com/", "https://api.github.com"),
        ("type: github\nurl: https://ghe.example.org", "https://ghe.example.org/api/v3"),
        ("type: gitlab", "https://gitlab.com/api/v4"),
        ("type: gitlab\nurl: https://example.org/gitlab", "https://example.org/gitlab/api/v4"),
        ("type: gitea\nurl: https://forgejo.example.org", "https://forgejo.example.org/api/v1"),
    ],
)
def test_the_api_is_where_each_forge_has_it(tmp_path, said, api):
    text = f"{said}\nproject: ran/site-config\ntoken: {{secretRef: env:FORGE}}\n"
    assert load_forge(written(tmp_path, text)).api == api


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (WHOLE.replace("gitlab\n", "bitbucket\n", 1), r"forge\.yaml\.type: must be 'github', 'gitlab' or 'gitea'"),
        (WHOLE.replace("https://gitlab", "http://gitlab"), "must be https://"),
        (WHOLE.replace("ran/edge/site-config", "site-config"), r"forge\.yaml\.project"),
        (WHOLE.replace("file:token", "glpat-0123456789"), r"forge\.yaml\.token\.secretRef"),
        (WHOLE + "branch: main\n", r"forge\.yaml\.branch: is not known here"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_without_its_content(tmp_path, text, says):
    with pytest.raises(ConfigErrors, match=says) as wrong:
        load_forge(written(tmp_path, text))
    assert "glpat" not in str(wrong.value)


def test_a_gitea_has_no_home_but_the_one_that_is_said(tmp_path):
    with pytest.raises(ConfigErrors, match="url is missing: a gitea is at home anywhere"):
        load_forge(written(tmp_path, "type: gitea\nproject: ran/site-config\ntoken: {secretRef: env:FORGE}\n"))
