"""The image is what the Dockerfile says: slim, unprivileged, healthy, and built by targets that exist."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

from gateway.console.bundle import STATIC, find_bundle

ROOT = Path(__file__).parents[3]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_stage_starts_from_one_pinned_slim_base() -> None:
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"python:3.11-slim-bookworm"}


def test_the_last_stage_runs_as_an_unprivileged_user_and_tells_its_health() -> None:
    last = DOCKERFILE.rsplit("\nFROM ", 1)[1]

    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert 'CMD ["psgw", "health"' in last
    assert "RUN" not in last


def test_every_run_line_but_the_installation_of_make_is_a_target_that_exists() -> None:
    runs = [line for line in re.findall(r"^RUN (.+)$", DOCKERFILE, re.MULTILINE) if not line.startswith("apt-get ")]
    targets = [re.match(r"make ([a-z-]+)", run) for run in runs]

    assert len(runs) == 2
    for target in targets:
        assert target
        assert re.search(rf"^{target[1]}:", MAKEFILE, re.MULTILINE)


def test_the_build_has_the_sources_of_the_pages_and_none_of_what_is_made_from_them() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert "COPY web web" in DOCKERFILE
    assert {"!web", "web/node_modules", "gateway/console/static"} <= set(ignored)
    assert re.search(r"^wheel: .*\$\(WEB\)", MAKEFILE, re.MULTILINE)


def test_the_wheel_carries_manifests_migrations_mappings_and_pages(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 -- the build backend, with fixed words

    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    bundle = find_bundle()
    assert bundle is not None, "the wheel carries the built pages: make web"
    served = {path.relative_to(STATIC).as_posix() for codings in bundle.files.values() for path in codings.values()}
    carried = {
        "gateway/py.typed",
        "gateway/console/plain.html",
        "gateway/console/static/.vite/manifest.json",
        "gateway/store/migrations/env.py",
        "gateway/store/migrations/versions/0001_card_index.py",
        "subgraphs/crm/salesforce/manifest.toml",
        "subgraphs/erp/netsuite/manifest.toml",
        "subgraphs/sandbox/mappings/salesforce.toml",
    }
    assert carried <= names
    assert {f"gateway/console/static/{name}" for name in served} <= names
    assert not any(name.startswith("tests/") for name in names)
