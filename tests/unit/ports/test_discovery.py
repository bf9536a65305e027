import sys
from typing import Any

import pytest

from gateway.canonical.roles import SystemRole
from gateway.errors import ConfigurationError, DeclarationError
from gateway.ports.discovery import connect_all, discover, read_manifest
from gateway.settings import AdapterSettings, ConnectionSettings, Settings

MANIFEST = """
vendor = "{name}"
roles = ["CRM"]
adapter = "{name}.adapter:connect"
api_version = "1"
hosts = ["*.{name}.example"]
secrets = ["key"]
"""

ADAPTER = """
from gateway.canonical.records.crm import CrmContact
from gateway.canonical.roles import SystemRole
from gateway.ports.lineage import Unsupported, Supplied


class Adapter:
    role = SystemRole.CRM
    vendor = "{name}"

    def __init__(self, connection):
        self.given = connection
        self.key = connection.read_secret("key")
        self.lineage = {lineage}


def connect(connection):
    return Adapter(connection)
"""

COMPLETE = """{CrmContact: {
    "account_id": Supplied("Person", "firm"), "name": Supplied("Person", "name"), "title": Unsupported("not kept"),
    "email": Unsupported("not kept"), "phone": Unsupported("not kept"), "roles": Unsupported("not kept"),
}}"""


@pytest.fixture
def folder(tmp_path):
    """A folder of vendor folders; the interpreter state is restored afterwards."""
    before, modules = list(sys.path), set(sys.modules)
    yield tmp_path / "vendors"
    sys.path[:] = before
    for name in set(sys.modules) - modules:
        if name.startswith("vendor_"):
            del sys.modules[name]


def write_vendor(folder, name, manifest=MANIFEST, lineage=COMPLETE):
    home = folder / name
    home.mkdir(parents=True)
    (home / "__init__.py").touch()
    (home / "manifest.toml").write_text(manifest.format(name=name), encoding="utf-8")
    (home / "adapter.py").write_text(ADAPTER.replace("{lineage}", lineage).replace("{name}", name), encoding="utf-8")


def build_connection(vendor, **changes):
    values = {
        "name": "people",
        "role": "CRM",
        "vendor": vendor,
        "base_url": f"https://acme.{vendor}.example",
        "region": "EU",
        "secrets": {"key": "k1"},
        **changes,
    }
    return ConnectionSettings.model_validate(values)


def build_settings(folder, *connections):
    return Settings(home=folder.parent, adapters=AdapterSettings(folders=(folder.name,)), connections=connections)


def collect_findings(given):
    with pytest.raises(ConfigurationError) as refused:
        connect_all(given)
    return refused.value.findings


def test_the_vendors_of_this_tree_are_found_by_their_manifests():
    found = discover()

    assert {"salesforce", "netsuite"} <= found.keys()
    assert found["salesforce"].roles == (SystemRole.CRM,)
    assert found["netsuite"].roles == (SystemRole.ERP,)


def test_a_vendor_folder_is_found_without_any_other_change(folder):
    write_vendor(folder, "vendor_one")

    ports = connect_all(build_settings(folder, build_connection("vendor_one")))

    port: Any = ports["people"]
    assert (port.vendor, port.key) == ("vendor_one", "k1")
    assert port.given.base_url == "https://acme.vendor_one.example"
    assert "k1" not in repr(port.given)


def test_the_path_of_the_mapping_file_is_relative_to_the_settings(folder):
    write_vendor(folder, "vendor_two")
    (folder.parent / "people.toml").write_text('[codes.CUSTOMER_STATUS]\nA = "ACTIVE"\n', encoding="utf-8")

    ports = connect_all(build_settings(folder, build_connection("vendor_two", mapping="people.toml")))

    port: Any = ports["people"]
    assert port.given.mapping == {"codes": {"CUSTOMER_STATUS": {"A": "ACTIVE"}}}


def test_all_mistakes_of_all_connections_are_reported_at_once(folder):
    write_vendor(folder, "vendor_three")
    wrong = build_settings(
        folder,
        build_connection("vendor_three", name="a", role="ERP"),
        build_connection("vendor_none", name="b"),
        build_connection("vendor_three", name="c", base_url="http://acme.vendor_three.example"),
        build_connection("vendor_three", name="d", secrets={}),
        build_connection("vendor_three", name="e", secrets={"key": "k", "kye": "hush"}),
        build_connection("vendor_three", name="f", mapping="none.toml"),
    )

    findings = collect_findings(wrong)

    assert findings == [
        "a: vendor_three does not support the role ERP",
        f"b: no adapter for vendor_none; installed adapters are {', '.join(sorted(discover([folder])))}",
        "c: base_url must be https",
        "d: the secret key is missing",
        "e: vendor_three has no secret kye; known secrets are key",
        f"f: {folder.parent / 'none.toml'}: No such file or directory",
    ]
    assert "hush" not in str(findings)


def test_a_host_outside_the_vendors_patterns_is_refused(folder):
    write_vendor(folder, "vendor_four")

    assert collect_findings(
        build_settings(folder, build_connection("vendor_four", base_url="https://evil.example"))
    ) == ["people: evil.example is not a host of the vendor; expected *.vendor_four.example"]


def test_an_adapter_with_an_incomplete_lineage_is_not_connected(folder):
    write_vendor(folder, "vendor_five", lineage='{CrmContact: {"name": Supplied("Person", "name")}}')

    with pytest.raises(DeclarationError, match=r"CrmContact\.email is neither supplied nor unsupported"):
        connect_all(build_settings(folder, build_connection("vendor_five")))


def test_an_adapter_that_cannot_be_imported_is_reported(folder):
    write_vendor(folder, "vendor_six", manifest=MANIFEST.replace(":connect", ":open"))

    (finding,) = collect_findings(build_settings(folder, build_connection("vendor_six")))

    assert finding.startswith("people: vendor_six.adapter:open cannot be imported: ")


def test_all_mistakes_of_a_manifest_are_reported(tmp_path):
    path = tmp_path / "manifest.toml"
    path.write_text('vendor = 7\nroles = ["CRMM"]\nadapter = "here"\nhost = []\n', encoding="utf-8")

    with pytest.raises(ConfigurationError) as refused:
        read_manifest(path)

    assert refused.value.findings == [
        "host: unknown key; known keys are vendor, roles, adapter, api_version, mapping, hosts, secrets, object_types",
        "vendor: Expected `str`, got `int`",
        "roles: Invalid enum value 'CRMM' - at `$[0]`",
        "api_version: is missing",
        "adapter: must be module:name",
    ]


def test_a_vendor_with_two_manifests_is_refused_and_both_are_named(folder):
    write_vendor(folder, "vendor_seven")
    write_vendor(folder.parent / "more", "vendor_eight", manifest=MANIFEST.replace('"{name}"', '"vendor_seven"', 1))

    with pytest.raises(ConfigurationError) as refused:
        discover([folder, folder.parent / "more"])

    first = folder / "vendor_seven" / "manifest.toml"
    path = folder.parent / "more" / "vendor_eight" / "manifest.toml"
    assert refused.value.findings == [f"{path}: vendor vendor_seven has another manifest, {first}"]


def test_a_missing_adapter_folder_is_reported(tmp_path):
    assert collect_findings(build_settings(tmp_path / "none")) == [
        f"adapters.folders: {tmp_path / 'none'} is not a folder"
    ]
