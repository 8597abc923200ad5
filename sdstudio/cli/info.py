"""`sdstudio info`: what runs here and where things lie, or what a run file holds."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from sdstudio import paths
from sdstudio.cli.failure import Parser
from sdstudio.cli.model_options import add_model_options, load
from sdstudio.cli.run_info import run_facts
from sdstudio.cli.wording import sentence


def main(argv: list[str]) -> int:
    """Print the model, its device and dtype, versions and folders; or a run file's contents."""
    parser = Parser(
        prog="sdstudio info",
        description="Print the model, its device and dtype, versions and folders; "
        "or what a run file holds.",
        allow_abbrev=False,
    )
    parser.add_argument("run", nargs="?", type=Path, metavar="RUN", help="a run file, *.sdrun")
    add_model_options(parser)
    parser.add_argument("--json", action="store_true", help="as JSON")
    arguments = parser.parse_args(argv)
    facts = _facts(arguments) if arguments.run is None else run_facts(arguments.run)
    if arguments.json:
        print(json.dumps(facts, indent=2))
        return 0
    for section, values in facts.items():
        if not values:
            continue
        print(section)
        width = max(map(len, values))
        for name, value in values.items():
            print(f"  {name:{width}}  {_one_line(value)}")
    return 0


def _one_line(value: Any) -> str:
    """A value without the marks that could move a terminal's cursor: a file may hold any."""
    text = " ".join(str(value).split())
    return "".join(mark if mark.isprintable() else "�" for mark in text)


def _facts(arguments: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Everything that is printed, by section and name; imports torch."""
    model = load(arguments)
    width, height = model.native_size
    return {
        "model": {
            "name": model.name,
            "source": model.ref.source,
            "family": model.family.name,
            "predicts": model.prediction_type,
            "hash": model.ref.hash[:10],
            "parameters": model.parameters,
            "size": f"{width}x{height}",
            "steps": model.recommended.steps,
            "guidance scale": model.recommended.guidance_scale,
            "scheduler": model.recommended.scheduler,
        },
        "worth knowing": {remark.code: sentence(remark) for remark in model.remarks},
        "runs on": {"device": model.device, "dtype": model.dtype, "engine": model.engine},
        "versions": dict(model.ref.versions),
        "folders": {
            "resources": str(paths.resources()),
            "data": str(paths.data_dir()),
            "settings": str(paths.config_dir()),
            "cache": str(paths.cache_dir()),
            "log": str(paths.log_dir()),
        },
    }
