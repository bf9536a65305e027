import json
import re
import subprocess
import sys

import pytest

from subgraphs.kit.twin.fault_injection import CONTROL_PATH
from tests.fixtures.demo import wait_for
from tests.fixtures.ports import find_free_port


@pytest.mark.parametrize(
    ("twin", "credentials"),
    [
        ("crm.salesforce", {"client_id", "client_secret"}),
        ("hcm.workday", {"tenant", "client_id", "client_secret", "refresh_token"}),
        ("psa.kantata", {"token"}),
        ("psa.productive", {"organization", "token"}),
    ],
)
def test_a_twin_prints_its_url_and_credentials_and_serves(twin: str, credentials: set[str]) -> None:
    port = find_free_port()
    command = [sys.executable, "-m", f"subgraphs.{twin}.twin", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 -- our own module
        assert process.stdout is not None
        printed = json.loads(process.stdout.readline())
        assert printed.pop("base_url") == f"http://127.0.0.1:{port}"
        assert printed.keys() == credentials
        try:
            wait_for(f"http://127.0.0.1:{port}{CONTROL_PATH}", process)
        finally:
            process.terminate()


def test_a_twin_without_a_port_names_the_missing_option() -> None:
    command = [sys.executable, "-m", "subgraphs.psa.kantata.twin"]
    failed = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 -- our own module
    assert failed.returncode == 2
    assert re.search(r"the following arguments are required: --port", failed.stderr)
