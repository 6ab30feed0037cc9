"""One build of the C runtime per session."""

from __future__ import annotations

import pytest

from runtime.building import Build


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The session's builds."""
    return Build(tmp_path_factory.mktemp("runtime"))
