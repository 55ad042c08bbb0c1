"""Tokens of an OpenID Connect issuer: which are taken, which are refused and why, and how its keys are kept."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from contextlib import asynccontextmanager

import pytest
import trustme

from reconciler.clients.oidc_errors import IssuerDark, RoleLess, TokenRefused
from reconciler.clients.oidc_file import Algorithm, Oidc
from reconciler.clients.oidc_issuer import FRESH_S, KEPT_S, PAUSE_S, open_issuer
from reconciler.model.role import Bearer, Role
from tests.clients.conftest import FakeClock
from tests.issuer import AUDIENCE, NOW, Issuer, Key, b64, by_secret, compact, serving

ROLES = {Role.OPERATOR: ("noc",), Role.APPROVER: ("board", "night"), Role.VIEWER: ("staff",)}


@pytest.fixture
def issuer():
    with serving(Issuer()) as made:
        yield made


@pytest.fixture
def clock():
    return FakeClock(NOW)


@asynccontextmanager
async def trusting(issuer, clock, **settings):
    said = {"issuer": issuer.url, "audience": (AUDIENCE,), "roles": ROLES} | settings
    async with open_issuer(Oidc(**said), clock) as opened:
        yield opened


@pytest.fixture
def bearer(issuer, clock):
    """Who a token is, with settings of a test."""

    async def bearer(token, **settings):
        async with trusting(issuer, clock, **settings) as opened:
            return await opened.bearer(token)

    return bearer


@pytest.mark.parametrize("algorithm", ["RS256", "RS512", "PS256", "ES256", "ES384", "EdDSA"])
async def test_a_token_is_taken_by_every_kind_of_signature(issuer, bearer, algorithm):
    issuer.keys = [Key("other", "RS256"), Key("mine", algorithm)]
    taken = await bearer(issuer.token(issuer.keys[1]), algorithms=tuple(Algorithm))
    assert taken == Bearer("oidc:u-17", Role.OPERATOR)


@pytest.mark.parametrize(
    ("claims", "settings", "expected"),
    [
        ({"groups": ["staff", "board"]}, {}, Role.APPROVER),
        ({"groups": "staff"}, {}, Role.VIEWER),
        ({"groups": ["nobody", "noc", 7]}, {}, Role.OPERATOR),
        ({"realm_access": {"roles": ["board"]}}, {"roles_claim": "realm_access.roles"}, Role.APPROVER),
        ({"https://example.org/roles": ["board"]}, {"roles_claim": "https://example.org/roles"}, Role.APPROVER),
        ({"groups": None}, {"roles": {Role.VIEWER: ("*",)}}, Role.VIEWER),
    ],
)
async def test_a_claim_gives_the_highest_role_that_it_names(issuer, bearer, claims, settings, expected):
    assert (await bearer(issuer.token(**claims), **settings)).role is expected


@pytest.mark.parametrize("groups", [None, [], ["*"], "*", ["nobody"], [["noc"]], {"noc": True}, 7])
async def test_who_has_no_role_here_is_told_so(issuer, bearer, groups):
    with pytest.raises(RoleLess, match="oidc:u-17 has no role here: the claim groups names none that has one"):
        await bearer(issuer.token(groups=groups))


async def test_the_name_for_the_audit_is_the_claim_that_the_file_says(issuer, bearer):
    token = issuer.token(preferred_username="amelie")
    assert (await bearer(token, name_claim="preferred_username")).name == "oidc:amelie"


@pytest.mark.parametrize("name", [None, "", " ", "two\nlines", 17, ["amelie"]])
async def test_nobody_says_anything_without_a_name(issuer, bearer, name):
    with pytest.raises(TokenRefused, match="the token has no name of its bearer"):
        await bearer(issuer.token(sub=name))


async def test_an_address_that_the_issuer_has_not_verified_is_no_name(issuer, bearer):
    verified = issuer.token(email="a@example.org", email_verified=True)
    assert (await bearer(verified, name_claim="email")).name == "oidc:a@example.org"
    with pytest.raises(TokenRefused, match="not verified"):
        await bearer(issuer.token(email="a@example.org", email_verified=False), name_claim="email")


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"aud": "another"}, "is not for stx-reconciler"),
        ({"aud": ["another", "third"]}, "is not for stx-reconciler"),
        ({"aud": None}, "is not for stx-reconciler"),
        ({"aud": {AUDIENCE: True}}, "is not for stx-reconciler"),
        ({"aud": AUDIENCE + "/"}, "is not for stx-reconciler"),
        ({"iss": "https://evil.example.org"}, "is of another issuer"),
        ({"iss": None}, "is of another issuer"),
        ({"exp": NOW - 61}, "has expired: get a new one"),
        ({"exp": None}, "does not say when it ends"),
        ({"exp": "tomorrow"}, "`exp` is no time"),
        ({"exp": True}, "`exp` is no time"),
        ({"exp": float("nan")}, "`exp` is no time"),
        ({"exp": float("inf")}, "`exp` is no time"),
        ({"nbf": NOW + 61}, "not valid yet"),
        ({"iat": NOW + 61}, "not valid yet"),
        ({"nbf": "now"}, "`nbf` is no time"),
    ],
)
async def test_what_a_token_says_of_itself_has_to_hold(issuer, bearer, claims, why):
    with pytest.raises(TokenRefused, match=why):
        await bearer(issuer.token(**claims))


@pytest.mark.parametrize("claims", [{"exp": NOW - 59}, {"nbf": NOW + 59}, {"iat": NOW + 59}, {"aud": ["x", AUDIENCE]}])
async def test_clocks_may_differ_by_a_minute(issuer, bearer, claims):
    assert (await bearer(issuer.token(**claims))).role is Role.OPERATOR


async def test_a_token_without_a_signature_is_refused(issuer, bearer):
    unsigned = compact(
        {"alg": "none", "typ": "JWT"}, {"iss": issuer.url, "aud": AUDIENCE, "exp": NOW + 9}, lambda _: b""
    )
    for token in (unsigned, unsigned.replace(b64(b'{"alg": "none"'), b64(b'{"alg": "None"'))):
        with pytest.raises(TokenRefused, match="is signed by the algorithm"):
            await bearer(token)
    assert issuer.asked == []


@pytest.mark.parametrize("secret", ["pem", "jwk", "empty"])
async def test_a_published_key_is_no_shared_secret(issuer, bearer, secret):
    """The attack: sign with HMAC, and the public key for a secret (RFC 8725 2.1)."""
    key = issuer.keys[0]
    known = {"pem": key.pem, "jwk": json.dumps(key.public).encode(), "empty": b""}[secret]
    claims = {"iss": issuer.url, "aud": AUDIENCE, "sub": "u", "exp": NOW + 9, "groups": ["noc"]}
    forged = compact({"alg": "HS256", "typ": "JWT", "kid": key.kid}, claims, by_secret(known))
    with pytest.raises(TokenRefused, match="is signed by the algorithm 'HS256', and taken are RS256"):
        await bearer(forged)
    with pytest.raises(ValueError, match="HS256"):
        Oidc(issuer=issuer.url, audience=AUDIENCE, roles=ROLES, algorithms=["HS256"])


async def test_a_symmetric_key_in_the_key_set_signs_nothing(issuer, bearer):
    issuer.extra = [{"kty": "oct", "kid": "k1", "k": b64(b"x" * 32), "alg": "HS256"}, "no key", {"kty": 7}, {}]
    claims = {"iss": issuer.url, "aud": AUDIENCE, "sub": "u", "exp": NOW + 9, "groups": ["noc"]}
    with pytest.raises(TokenRefused):
        await bearer(compact({"alg": "HS256", "kid": "k1"}, claims, by_secret(b"x" * 32)))
    assert await bearer(issuer.token())


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t[:-4] + ("AAAA" if t[-4:] != "AAAA" else "BBBB"),
        lambda t: ".".join([t.split(".")[0], b64(b'{"groups": ["noc"]}'), t.split(".")[2]]),
        lambda t: t.rsplit(".", 1)[0] + ".",
    ],
)
async def test_a_token_that_was_changed_is_refused(issuer, bearer, change):
    with pytest.raises(TokenRefused, match="is not signed by a key that its issuer publishes"):
        await bearer(change(issuer.token()))


@pytest.mark.parametrize("text", ["..", "a.b.c", "é.é.é", b64(b"[]") + ".x.x", b64(b'{"alg": 7}') + ".x.x"])
async def test_what_is_no_token_is_told_to_be_none(bearer, text):
    with pytest.raises(TokenRefused):
        await bearer(text)


async def test_a_key_signs_by_its_own_algorithm_only(issuer, bearer):
    key = issuer.keys[0]
    as_another = Key(key.kid, "PS256")
    as_another.private = key.private
    with pytest.raises(TokenRefused, match="the issuer publishes none such for PS256"):
        await bearer(issuer.token(as_another))


async def test_a_key_of_another_curve_is_not_taken(issuer, bearer):
    issuer.keys = [Key("k1", "ES384")]
    issuer.extra = [{k: v for k, v in issuer.keys[0].public.items() if k != "alg"}]
    wrong = Key("k1", "ES256")
    with pytest.raises(TokenRefused):
        await bearer(issuer.token(wrong))


async def test_a_key_for_other_uses_signs_nothing(issuer, bearer):
    sealing = Key("k9", "RS256")
    for use in ({"use": "enc"}, {"key_ops": ["encrypt"]}):
        issuer.extra = [sealing.public | use]
        with pytest.raises(TokenRefused, match="names the key 'k9', and the issuer publishes none such"):
            await bearer(issuer.token(sealing))


async def test_a_key_that_is_too_short_is_not_taken(issuer, bearer):
    issuer.keys = [Key("k1", "RS256", bits=1024)]
    with pytest.raises(TokenRefused, match="1024"):
        await bearer(issuer.token())


@pytest.mark.parametrize("header", [{"crit": ["b64"], "b64": False}, {"typ": "logout+jwt"}, {"crit": ["x"], "x": 1}])
async def test_a_token_for_another_end_is_refused(issuer, bearer, header):
    with pytest.raises(TokenRefused):
        await bearer(issuer.token(header=header))


async def test_a_token_that_names_no_key_is_of_one_that_fits(issuer, bearer):
    issuer.keys = [Key("a", "RS256"), Key("b", "RS256"), Key("c", "ES256")]
    assert await bearer(issuer.token(issuer.keys[1], header={"kid": None}))


async def test_the_keys_are_asked_for_once_and_kept(issuer, clock):
    async with trusting(issuer, clock) as opened:
        await asyncio.gather(*(opened.bearer(issuer.token()) for _ in range(20)))
        clock.time += FRESH_S - 1
        await opened.bearer(issuer.token(exp=clock.time + 9))
        assert issuer.looks == 1
        clock.time += 2
        await opened.bearer(issuer.token(exp=clock.time + 9))
        assert issuer.looks == 2


async def test_a_new_key_is_found_when_a_token_names_it_and_an_old_one_is_forgotten(issuer, clock):
    async with trusting(issuer, clock) as opened:
        old = issuer.keys[0]
        await opened.bearer(issuer.token())
        issuer.keys = [Key("k2", "ES256")]
        clock.time += PAUSE_S
        assert (await opened.bearer(issuer.token())).role is Role.OPERATOR
        with pytest.raises(TokenRefused, match="names the key 'k1', and the issuer publishes none such"):
            await opened.bearer(issuer.token(old))


async def test_invented_keys_make_it_ask_no_more_often_than_it_may(issuer, clock):
    async with trusting(issuer, clock) as opened:
        await opened.bearer(issuer.token())
        stranger = Key("k1", "RS256")
        for number in range(35):
            clock.time += PAUSE_S / 10
            with pytest.raises(TokenRefused, match="the issuer publishes none such"):
                await opened.bearer(issuer.token(stranger, header={"kid": f"invented-{number}"}))
        assert issuer.looks == 4
        assert await opened.bearer(issuer.token())


async def test_while_the_issuer_is_dark_known_keys_go_on_for_a_day_and_then_nobody_can_tell(issuer, clock):
    async with trusting(issuer, clock) as opened:
        await opened.bearer(issuer.token())
        issuer.status = 503
        for hours in (2, 12, 23):
            clock.time = NOW + hours * 3_600
            assert await opened.bearer(issuer.token(exp=clock.time + 9))
        with pytest.raises(IssuerDark, match=r"the token's key is not known, and .* cannot be asked: .* answered 503"):
            await opened.bearer(issuer.token(Key("k2", "ES256"), exp=clock.time + 9))
        clock.time = NOW + KEPT_S
        with pytest.raises(IssuerDark, match=r"cannot be asked for its keys: .* answered 503; try again later"):
            await opened.bearer(issuer.token(exp=clock.time + 9))
        issuer.status, clock.time = 200, clock.time + PAUSE_S
        assert await opened.bearer(issuer.token(exp=clock.time + 9))


async def test_an_issuer_that_was_never_there_is_asked_again_after_a_pause(clock):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        issuer = Issuer(url=f"http://127.0.0.1:{free.getsockname()[1]}")
    async with trusting(issuer, clock) as opened:
        for _ in range(3):
            with pytest.raises(IssuerDark, match="cannot be asked for its keys: Connect"):
                await opened.bearer(issuer.token())


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"issuer": "https://evil.example.org"}, "its discovery document is of the issuer 'https://evil.example.org'"),
        ({"jwks_uri": "http://192.0.2.1/keys"}, "must be https://"),
        ({"jwks_uri": None}, "must be a URL"),
    ],
)
async def test_a_discovery_document_that_leads_astray_is_not_followed(issuer, bearer, said, why):
    issuer.said = said
    with pytest.raises(IssuerDark, match=why):
        await bearer(issuer.token())
    assert issuer.looks == len(issuer.asked) == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"[]", "no JSON object"), (b"<html>", "JSON|unexpected"), (b" " * 1_100_000, "more than 1048576")],
)
async def test_an_answer_that_is_none_is_told(issuer, bearer, monkeypatch, content, why):
    monkeypatch.setattr(Issuer, "answer", lambda self, path: (200, content))
    with pytest.raises(IssuerDark, match=why):
        await bearer(issuer.token())


async def test_a_redirect_is_not_followed(issuer, bearer):
    issuer.status = 302
    with pytest.raises(IssuerDark, match="answered 302"):
        await bearer(issuer.token())


async def test_the_issuers_certificate_has_to_be_of_a_ca_that_is_trusted(clock, tmp_path):
    ca, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("localhost").configure_cert(context)
    (tmp_path / "ca.pem").write_bytes(ca.cert_pem.bytes())
    with serving(Issuer(), context) as issuer:
        async with trusting(issuer, clock, ca_bundle=tmp_path / "ca.pem") as opened:
            assert await opened.bearer(issuer.token())
        async with trusting(issuer, clock) as opened:
            with pytest.raises(IssuerDark, match="its certificate is not accepted"):
                await opened.bearer(issuer.token())
        async with trusting(issuer, clock, ca_bundle=tmp_path / "gone.pem") as opened:
            with pytest.raises(IssuerDark, match=r"gone\.pem"):
                await opened.bearer(issuer.token())
