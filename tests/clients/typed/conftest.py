"""The demo that the typed clients call."""

from collections.abc import Iterator

import pytest

from tests.fixtures.demo import RunningDemo, run_demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    with run_demo(tmp_path_factory.mktemp("demo")) as demo:
        yield demo
