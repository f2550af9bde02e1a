"""What pyproject.toml cannot say: a wheel brings notebooks and parameter sets along, inside the package."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithProject(build_py):
    """Copy params/ and notebooks/ to analytics/project, except into an editable install, which has them at hand."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        here, target = Path(__file__).resolve().parent, Path(self.build_lib) / "analytics" / "project"
        shutil.rmtree(target, ignore_errors=True)
        for folder in ("params", "notebooks"):
            shutil.copytree(here / folder, target / folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))


setup(cmdclass={"build_py": WithProject})
