"""How imports find files."""

from __future__ import annotations

from pathlib import Path

from pyhew.driver.options import BuildOptions
from pyhew.driver.session import Session

VALUE = "pub fn value() -> i64 {\n    1\n}\n"


def check(main: Path, *packages: Path) -> list[str]:
    """The ids of everything that is wrong."""
    session = Session(str(main), BuildOptions(package_dirs=tuple(str(p) for p in packages)))
    session.check()
    return [diagnostic.id for diagnostic in session.sink.diagnostics]


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / "main.hew"


def using(path: str, name: str | None = None) -> str:
    called = name or path.split(".")[-1]
    return f"import {path};\nfn main() -> i64 {{\n    {called}.value()\n}}\n"


def test_a_file_beside_the_importer(tmp_path: Path) -> None:
    assert check(write(tmp_path, {"main.hew": using("other"), "other.hew": VALUE})) == []


def test_a_path_of_folders(tmp_path: Path) -> None:
    assert check(write(tmp_path, {"main.hew": using("a.b.c"), "a/b/c.hew": VALUE})) == []


def test_a_folder_with_its_peers(tmp_path: Path) -> None:
    files = {
        "main.hew": using("shapes"),
        "shapes/shapes.hew": "pub fn value() -> i64 {\n    helper()\n}\n",
        "shapes/inner.hew": "fn helper() -> i64 {\n    2\n}\n",
        "shapes/shapes_test.hew": "fn helper() -> i64 {\n    3\n}\n",
    }
    assert check(write(tmp_path, files)) == []


def test_a_folder_without_its_entry_is_no_module(tmp_path: Path) -> None:
    assert "module-not-found" in check(write(tmp_path, {"main.hew": using("shapes"), "shapes/other.hew": VALUE}))


def test_file_and_folder_of_one_name(tmp_path: Path) -> None:
    files = {"main.hew": using("shapes"), "shapes.hew": VALUE, "shapes/shapes.hew": VALUE}
    assert check(write(tmp_path, files)) == ["ambiguous-module"]


def test_the_name_of_the_package_stands_for_its_root(tmp_path: Path) -> None:
    files = {
        "hew.toml": '[package]\nname = "acme"\n',
        "main.hew": using("acme.tools.knife", "knife"),
        "src/tools/knife.hew": VALUE,
    }
    assert check(write(tmp_path, files)) == []


def test_packages_by_their_manifest(tmp_path: Path) -> None:
    files = {
        "main.hew": using("vendor.knife", "knife"),
        "packages/blade/hew.toml": '[package]\nname = "vendor::knife"\n',
        "packages/blade/blade.hew": VALUE,
    }
    assert check(write(tmp_path, files), tmp_path / "packages") == []


def test_a_program_cannot_stand_in_for_the_library(tmp_path: Path) -> None:
    files = {"main.hew": "import std.nonsense;\nfn main() {}\n", "std/nonsense.hew": VALUE}
    assert check(write(tmp_path, files)) == ["module-not-found"]


def test_file_imports(tmp_path: Path) -> None:
    files = {
        "app/main.hew": 'import "../shared/value.hew";\nfn main() -> i64 {\n    value()\n}\n',
        "shared/value.hew": VALUE,
    }
    write(tmp_path, files)
    assert check(tmp_path / "app" / "main.hew") == []


def test_one_file_reached_twice_is_one_module(tmp_path: Path) -> None:
    files = {
        "main.hew": "import left;\nimport right;\nfn main() -> i64 {\n    left.get(right.make())\n}\n",
        "left.hew": "import data.{Box};\npub fn get(b: Box) -> i64 {\n    b.n\n}\n",
        "right.hew": 'import "data.hew";\npub fn make() -> Box {\n    Box { n: 1 }\n}\n',
        "data.hew": "pub type Box {\n    n: i64;\n}\n",
    }
    assert check(write(tmp_path, files)) == []


def test_a_ring_of_imports(tmp_path: Path) -> None:
    files = {"main.hew": using("a"), "a.hew": "import b;\n" + VALUE, "b.hew": "import a;\n" + VALUE}
    assert check(write(tmp_path, files)) == ["cyclic-import"]


def test_a_link_out_of_the_project_leads_nowhere(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.hew").write_text(VALUE)
    main = write(tmp_path / "project", {"main.hew": using("secret")})
    (tmp_path / "project" / "secret.hew").symlink_to(outside / "secret.hew")
    assert "module-not-found" in check(main)


def test_a_manifest_that_is_none(tmp_path: Path) -> None:
    assert check(write(tmp_path, {"hew.toml": "not = = toml", "main.hew": "fn main() {}\n"})) == ["bad-manifest"]


HALF_OPEN = "package fn value() -> i64 {\n    1\n}\npackage type Part {\n    n: i64;\n}\n"


def test_what_is_for_the_package_alone_serves_the_modules_of_a_program(tmp_path: Path) -> None:
    files = {
        "main.hew": using("other") + "fn _at(part: other.Part) -> i64 {\n    part.n\n}\n",
        "third.hew": "import other.{value};\nfn more() -> i64 {\n    value()\n}\n",
        "other.hew": HALF_OPEN,
    }
    assert check(write(tmp_path, files)) == []


def test_what_is_for_the_package_alone_is_closed_to_others(tmp_path: Path) -> None:
    files = {
        "main.hew": using("acme.blade", "blade"),
        "named.hew": "import acme.blade.{value};\nfn main() {\n    println(value());\n}\n",
        "typed.hew": "import acme.blade;\nfn at(part: blade.Part) -> i64 {\n    part.n\n}\nfn main() {}\n",
        "packages/blade/blade.hew": HALF_OPEN,
    }
    main = write(tmp_path, files)
    assert check(main, tmp_path / "packages") == ["private-name"]
    assert check(tmp_path / "named.hew", tmp_path / "packages")[0] == "name-not-exported"
    assert check(tmp_path / "typed.hew", tmp_path / "packages")[0] == "unknown-type"


def test_modules_of_one_package_share_what_is_for_the_package(tmp_path: Path) -> None:
    files = {
        "main.hew": using("acme.blade", "blade"),
        "packages/blade/blade.hew": "import deep.inner;\npub fn value() -> i64 {\n    inner.value()\n}\n",
        "packages/blade/deep/inner.hew": HALF_OPEN,
    }
    assert check(write(tmp_path, files), tmp_path / "packages") == []


def test_modules_may_declare_the_same_function_of_c(tmp_path: Path) -> None:
    head = 'extern "C" {\n    fn labs(x: i64) -> i64;\n}\n'
    files = {
        "main.hew": head + using("other"),
        "other.hew": head + "pub fn value() -> i64 {\n    unsafe { labs(-1) }\n}\n",
        "odd.hew": 'import other;\nextern "C" {\n    fn labs(x: i32) -> i64;\n}\nfn main() {\n    println(other.value());\n}\n',
    }
    assert check(write(tmp_path, files)) == []
    assert check(tmp_path / "odd.hew")[0] == "foreign-differs"


def test_modules_may_use_the_names_of_the_prelude_that_nobody_writes(tmp_path: Path) -> None:
    main = "import jobs;\n\nfn main() {\n    let task: jobs.Task = jobs.task(3);\n    println(task.id);\n}\n"
    files = {
        "main.hew": main,
        "jobs.hew": "pub type Task {\n    id: i64;\n}\n\npub fn task(id: i64) -> Task {\n    Task { id: id }\n}\n",
        "odd.hew": main.replace("jobs", "odder").replace("Task", "Option"),
        "odder.hew": "pub type Option {\n    id: i64;\n}\n\npub fn task(id: i64) -> Option {\n    Option { id: id }\n}\n",
    }
    assert check(write(tmp_path, files)) == []
    assert check(tmp_path / "odd.hew") == ["prelude-redefined"]


def test_types_of_one_name_in_two_modules_are_two_types(tmp_path: Path) -> None:
    files = {
        "main.hew": "import geo;\ntrait Named {\n    fn name(self) -> i64;\n}\ntype Item {\n    n: i64;\n}\n"
        "impl Named for Item {\n    fn name(self) -> i64 {\n        self.n\n    }\n}\n"
        "impl Named for geo.Item {\n    fn name(self) -> i64 {\n        self.n + 1\n    }\n}\n"
        "impl Named for Vec<Item> {\n    fn name(self) -> i64 {\n        self.len()\n    }\n}\n"
        "impl Named for Vec<geo.Item> {\n    fn name(self) -> i64 {\n        self.len() * 2\n    }\n}\n"
        "fn main() {\n    println([Item { n: 1 }].name() + [geo.Item { n: 1 }].name() + geo.Item { n: 2 }.name());\n}\n",
        "geo.hew": "pub type Item {\n    pub n: i64;\n}\n",
    }
    main = write(tmp_path, files)
    assert check(main) == []
    again = "impl Named for geo.Item {\n    fn name(self) -> i64 {\n        self.n + 2\n    }\n}\n"
    main.write_text(files["main.hew"] + again)
    assert check(main) == ["duplicate-impl"]
