"""Programs run where there is no linker, and do the same as the linked ones."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from programs import Wishes, build, run

from pyhew.driver.options import BuildOptions
from pyhew.driver.runtime import runtime_objects
from pyhew.driver.session import Session

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
START = (
    "import sys, os, json\n"
    "from pyhew.driver import jit\n"
    "jit.find_prebuilt = lambda: json.loads(sys.argv[1])\n"
    "os._exit(jit.run_object(sys.argv[2], sys.argv[3:]))\n"
)


@pytest.mark.parametrize("name", ["counter", "twelve/closures", "twelve/generators", "twelve/supervisor"])
def test_loaded_programs_behave_like_linked_ones(name: str, tmp_path: Path) -> None:
    path = EXAMPLES / f"{name}.hew"
    session = Session(str(path), BuildOptions())
    assert session.check()
    text = session.llvm_text()
    assert text is not None
    program = tmp_path / "program.o"
    session.write_object(text, str(program))
    objects = json.dumps(runtime_objects("release"))
    done = subprocess.run(
        [sys.executable, "-c", START, objects, str(program), "20"], capture_output=True, text=True, check=False
    )
    linked = run(build(path), Wishes(args=["20"]))
    assert (done.returncode, done.stdout) == (linked.code, linked.stdout)
