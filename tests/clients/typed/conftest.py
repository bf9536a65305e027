"""The demo that the typed clients call."""

from collections.abc import Iterator

import pytest

from tests.fixtures.demo import Served, running_demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with running_demo(tmp_path_factory.mktemp("demo")) as demo:
        yield demo
