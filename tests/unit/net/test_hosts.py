import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.canonical.fault import FaultCode
from gateway.errors import ConfigurationError, SourceError
from gateway.net.hosts import HostRule

PATTERNS = ("*.my.salesforce.com", "login.example.com")
BASE = "https://acme.my.salesforce.com"


def create_rule(base_url=BASE, patterns=PATTERNS, **options):
    return HostRule(base_url, patterns, **options)


@pytest.mark.parametrize(
    ("_case", "base_url", "allow_private"),
    [
        ("a vendor's host", BASE, False),
        ("in capitals, with a port and a path", "HTTPS://ACME.MY.SALESFORCE.COM:443/base", False),
        ("loopback, as twins use it", "http://127.0.0.1:8201", False),
        ("loopback by name", "http://localhost:8201", False),
        ("loopback, version 6", "http://[::1]:8201", False),
        ("a private host that is allowed", "http://erp.internal:8000", True),
        ("a private address that is allowed", "https://10.0.0.5", True),
    ],
)
def test_allowed_base_urls_resolve(_case, base_url, allow_private):
    assert create_rule(base_url, allow_private=allow_private).resolve("x").lower().endswith("/x")


@pytest.mark.parametrize(
    ("base_url", "allow_private", "finding"),
    [
        ("http://acme.my.salesforce.com", False, "base_url must be https"),
        ("ftp://acme.my.salesforce.com", False, "base_url must be an http(s) address"),
        ("acme.my.salesforce.com", False, "base_url must be an http(s) address"),
        ("https://", False, "base_url must be an http(s) address"),
        ("https://acme.my.salesforce.com:99999", False, "base_url must be an http(s) address"),
        (
            "https://user:pw@acme.my.salesforce.com",
            False,
            "base_url must not contain credentials, a query or a fragment",
        ),
        ("https://acme.my.salesforce.com?x=1", False, "base_url must not contain credentials, a query or a fragment"),
        (
            "https://evil.example",
            False,
            "evil.example is not a host of the vendor; expected *.my.salesforce.com, login.example.com",
        ),
        (
            "https://acme.my.salesforce.com.evil.example",
            False,
            f"acme.my.salesforce.com.evil.example is not a host of the vendor; expected {', '.join(PATTERNS)}",
        ),
        ("http://169.254.169.254", True, "169.254.169.254 is a forbidden address"),
        ("http://[fe80::1]", True, "fe80::1 is a forbidden address"),
        ("http://0.0.0.0", True, "0.0.0.0 is a forbidden address"),
        ("http://8.8.8.8", True, "8.8.8.8 is a forbidden address"),
    ],
)
def test_forbidden_base_urls_are_configuration_errors(base_url, allow_private, finding):
    with pytest.raises(ConfigurationError) as refused:
        create_rule(base_url, allow_private=allow_private)

    assert refused.value.findings == [finding]


def test_private_addresses_need_allow_private_even_without_patterns():
    with pytest.raises(ConfigurationError) as refused:
        create_rule("https://10.0.0.5", ())

    assert refused.value.findings == ["10.0.0.5 is a forbidden address"]


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/services/data", f"{BASE}/services/data"),
        ("services/data", f"{BASE}/services/data"),
        ("//evil.example/x", f"{BASE}/evil.example/x"),
        (f"{BASE}/next", f"{BASE}/next"),
        ("https://ACME.my.salesforce.com:443/next", "https://ACME.my.salesforce.com:443/next"),
        ("https://other.my.salesforce.com/next", "https://other.my.salesforce.com/next"),
    ],
)
def test_paths_and_own_urls_are_resolved(path, url):
    assert create_rule().resolve(path) == url


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "http://acme.my.salesforce.com/",
        "https://acme.my.salesforce.com:8443/",
        "https://acme.my.salesforce.com@evil.example/",
        "https://user@acme.my.salesforce.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "HTTPS://evil.example/",
        "https:///nothing",
        "/a/../b",
        "..",
        "/a/%2E./b",
        "/a\\b",
        "/a\tb",
        "/a\x00",
    ],
)
def test_other_urls_are_refused(path):
    with pytest.raises(SourceError) as refused:
        create_rule().resolve(path)

    assert refused.value.code is FaultCode.CONTRACT_MISMATCH


def test_a_system_on_loopback_cannot_direct_calls_to_other_hosts():
    with pytest.raises(SourceError):
        create_rule("http://127.0.0.1:8201").resolve("https://other.my.salesforce.com/next")


def test_a_query_is_appended_to_an_existing_one():
    assert create_rule().resolve("/q?a=1", [("b", "x y&z")]) == f"{BASE}/q?a=1&b=x%20y%26z"


ADDRESSES = [
    ("93.184.215.14", True, False, True, False),
    ("10.1.2.3", False, False, True, True),
    ("127.0.0.1", False, True, True, True),
    ("::1", False, True, True, True),
    ("fd00::1", False, False, True, True),
    ("100.64.0.1", False, False, True, True),
    ("169.254.169.254", False, False, False, False),
    ("::ffff:169.254.169.254", False, False, False, False),
    ("64:ff9b::a9fe:a9fe", False, False, False, False),
    ("64:ff9b::a00:1", False, False, True, True),
    ("2002:7f00:1::", False, True, True, True),
    ("::ffff:93.184.215.14", True, False, True, False),
    ("fe80::1", False, False, False, False),
    ("224.0.0.1", False, False, False, False),
    ("0.0.0.0", False, False, False, False),
    ("::", False, False, False, False),
]


@pytest.mark.parametrize(("address", "public", "loopback", "private", "plain"), ADDRESSES)
def test_which_addresses_a_host_name_may_resolve_to(address, public, loopback, private, plain):
    assert create_rule().is_allowed_address(address) is public
    assert create_rule("http://localhost:1", ()).is_allowed_address(address) is loopback
    assert create_rule("https://erp.internal", (), allow_private=True).is_allowed_address(address) is private
    assert create_rule("http://erp.internal", (), allow_private=True).is_allowed_address(address) is plain


@given(st.ip_addresses())
def test_without_allow_private_only_public_addresses_are_allowed(address):
    if create_rule().is_allowed_address(str(address)):
        assert address.is_global
