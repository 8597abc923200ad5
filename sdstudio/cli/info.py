"""`sdstudio info`: what runs here and where things lie, or what a run file or model is."""

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
from sdstudio.session.loading import facts_of
from sdstudio.session.model_source import hub_name, is_model


def main(argv: list[str]) -> int:
    """Print the model, its device and dtype, versions and folders; or a run file's contents.

    A folder or file in a model's layout, or a name on the hub, stands for ``--model``.
    """
    parser = Parser(
        prog="sdstudio info",
        description="Print the model, its device and dtype, versions and folders; "
        "or what a run file holds.",
        epilog="examples: sdstudio info; sdstudio info frog.sdrun; sdstudio info models/sd15",
        allow_abbrev=False,
    )
    parser.add_argument(
        "what", nargs="?", metavar="WHAT", help="a run file, *.sdrun; or a model, as for --model"
    )
    add_model_options(parser)
    parser.add_argument("--json", action="store_true", help="as JSON")
    arguments = parser.parse_args(argv)
    if arguments.what is not None and _is_model(arguments.what):
        arguments.model, arguments.what = arguments.what, None
    facts = _facts(arguments) if arguments.what is None else run_facts(Path(arguments.what))
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


def _is_model(what: str) -> bool:
    path = Path(what)
    return is_model(path) or (not path.exists() and hub_name(what) is not None and not path.suffix)


def _one_line(value: Any) -> str:
    """A value without the marks that could move a terminal's cursor: a file may hold any."""
    text = " ".join(str(value).split())
    return "".join(mark if mark.isprintable() else "�" for mark in text)


def _facts(arguments: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Everything that is printed, by section and name; imports torch."""
    model = load(arguments)
    facts = facts_of(model)
    width, height = facts.native_size
    low, high = facts.size_range
    return {
        "model": {
            "name": facts.name,
            "source": facts.source,
            "family": facts.family,
            "predicts": facts.prediction_type,
            "hash": facts.hash,
            "parameters": facts.parameters,
            "weights": f"{facts.weight_bytes / 1e6:.0f} MB",
            "size": f"{width}x{height}",
            "sides": f"{low} to {high}, multiples of {facts.size_multiple}",
            "tokens": facts.max_tokens,
            "steps": facts.steps,
            "guidance scale": facts.guidance_scale,
            "scheduler": facts.scheduler,
        },
        "worth knowing": {remark.code: sentence(remark) for remark in facts.remarks},
        "runs on": {"device": facts.device, "dtype": facts.dtype, "engine": facts.engine},
        "versions": dict(model.ref.versions),
        "folders": {
            "resources": str(paths.resources()),
            "data": str(paths.data_dir()),
            "settings": str(paths.config_dir()),
            "cache": str(paths.cache_dir()),
            "log": str(paths.log_dir()),
        },
    }
