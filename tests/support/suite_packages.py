"""An installed package that publishes a suite, as `importlib.metadata` finds one."""

from __future__ import annotations

import shutil
import sys
import tomllib
from pathlib import Path

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "suite-package"


def install_example(site: Path, **entry_points: str) -> Path:
    """Lay the example package out in a folder as pip would.

    Args:
        site: The folder, to be put on the module search path.
        entry_points: Others than those of its ``pyproject.toml``, if any.

    Returns:
        The folder of the suite.
    """
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    for package in EXAMPLE.iterdir():
        if package.is_dir():
            shutil.copytree(package, site / package.name)
    info = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    name, version = project["name"], project["version"]
    (info / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n")
    points = entry_points or project["entry-points"]["behavtest.suites"]
    lines = [f"{point} = {value}" for point, value in points.items()]
    (info / "entry_points.txt").write_text("\n".join(["[behavtest.suites]", *lines, ""]))
    return site / "behavtest_table_manners"


def forget_example() -> None:
    """Drop the modules that a search for the package may have imported."""
    for name in [name for name in sys.modules if name.startswith("behavtest_table_manners")]:
        del sys.modules[name]
