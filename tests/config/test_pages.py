"""The sample file changes nothing, and every example in it works."""

import dataclasses
import tomllib
from pathlib import Path

from chappe.config import Settings, load, reference_page, sample_file

HOME = {"HOME": "/home/someone"}


def test_the_sample_file_is_the_default(tmp_path: Path) -> None:
    file = tmp_path / "chappe.toml"
    file.write_text(sample_file())
    assert load(file, HOME, {}) == load(None, HOME, {})


def test_every_setting_is_in_the_sample_and_on_the_page() -> None:
    sample, page = sample_file(), reference_page()
    for field in dataclasses.fields(Settings):
        assert f"\n{field.name} = " in sample or f"\n# {field.name} = " in sample
        assert f"\n## {field.name}\n" in page
        assert f"`CHAPPE_{field.name.upper()}`" in page


def test_every_example_can_be_used(tmp_path: Path) -> None:
    for field in dataclasses.fields(Settings):
        if field.name == "registration_shared_secret_path":
            continue  # names a file that only a real machine has
        file = tmp_path / "chappe.toml"
        file.write_text(f"{field.name} = {field.metadata['example']}\n")
        default = None if field.default is dataclasses.MISSING else field.default
        assert getattr(load(file, HOME, {}), field.name) != default or field.name in ("bind_host", "port", "bus")


def test_lines_of_the_sample_fit_a_screen() -> None:
    tomllib.loads(sample_file())
    explanations = [line for line in sample_file().splitlines() if line.startswith("# ") and " = " not in line]
    assert max(map(len, explanations)) <= 120
