"""Options that all tests share."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the expected files anew instead of comparing")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether expected files are to be written."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(scope="session", autouse=True)
def own_settings() -> None:
    """Results must not depend on the settings of the person who runs the tests."""
    for name in ("HEW_WORKERS", "HEW_SEED", "HEW_CASE", "HEW_MEMCHECK", "NO_COLOR"):
        os.environ.pop(name, None)
    os.environ.setdefault("HEW_CACHE", os.path.join(tempfile.gettempdir(), f"hew-tests-{os.getuid()}"))
