"""The image is slim, unprivileged, has a health check, and is built only by make targets."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_stage_starts_from_one_pinned_slim_base() -> None:
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"python:3.11-slim-bookworm"}


def test_the_last_stage_runs_as_an_unprivileged_user_and_has_a_health_check() -> None:
    last = DOCKERFILE.rsplit("\nFROM ", 1)[1]

    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert 'CMD ["psgw", "health"' in last
    assert "RUN" not in last


def test_every_run_line_except_the_installation_of_make_is_a_make_target() -> None:
    runs = [line for line in re.findall(r"^RUN (.+)$", DOCKERFILE, re.MULTILINE) if not line.startswith("apt-get ")]
    targets = [re.match(r"make ([a-z-]+)", run) for run in runs]

    assert len(runs) == 2
    for target in targets:
        assert target
        assert re.search(rf"^{target[1]}:", MAKEFILE, re.MULTILINE)


def test_the_build_copies_the_web_sources_and_no_build_output() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert "COPY web web" in DOCKERFILE
    assert {"!web", "web/node_modules", "gateway/console/static"} <= set(ignored)
    assert re.search(r"^wheel: .*\$\(WEB\)", MAKEFILE, re.MULTILINE)
