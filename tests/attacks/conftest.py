"""Fixtures: the demo in a process of its own, and a health probe that runs beside every attack."""

from collections.abc import Iterator

import pytest

from tests.attacks.attacked_gateway import AttackedGateway, HealthProbe
from tests.fixtures.demo import run_demo


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AttackedGateway]:
    """The demo; introspection is limited by scope, as it is by default in production, and the budget is small."""
    settings = {
        "PSGW__GRAPH__INTROSPECTION": "scoped",
        "PSGW__BUDGET__CPU_SECONDS_PER_MINUTE": "20",
        "PSGW__BUDGET__COST_PER_MINUTE": "300000",
    }
    with run_demo(tmp_path_factory.mktemp("attacked"), **settings) as demo:
        attacked = AttackedGateway(demo)
        yield attacked
        attacked.close()


@pytest.fixture(autouse=True)
def probe(gateway: AttackedGateway) -> Iterator[HealthProbe]:
    """A probe of /livez that runs while the test runs; every answer must have come in time."""
    with HealthProbe(f"{gateway.demo.origin}/livez") as running:
        yield running
    running.check()
