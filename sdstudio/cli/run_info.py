"""What a run file says of itself, for `sdstudio info`; needs no torch."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from sdstudio.engine.request import Request
from sdstudio.session.files.run_file import read_run


def run_facts(path: Path) -> dict[str, dict[str, Any]]:
    """Everything that is printed of a run file, by section and name.

    The whole file is read and checked.

    Raises:
        RunFileError: It is no run file, or damaged.
    """
    run = read_run(path)
    head, model = run.head, run.head.model
    first = run.steps[0]["latents"]
    edits = [step.edit for step in head.steps if step.edit is not None]
    return {
        "run": {
            "name": head.name,
            "steps": f"{len(head.steps)} of {head.count}, {head.outcome}",
            "shared with its parent": head.shared,
            "seconds": round(sum(step.seconds for step in head.steps), 2),
            "latents": "x".join(map(str, first.shape[1:])),
            "prediction": head.prediction_type,
        },
        "request": _changed_from_default(run.request),
        "edits": {
            f"from step {edit.step}": ", ".join(
                f"{name} {value}" for name, value in edit.to_dict().items() if name != "step"
            )
            for edit in edits
        },
        "made by": {
            "model": model["name"],
            "source": model["source"],
            "hash": model["hash"][:10],
            "device": model["device"],
            "dtype": model["dtype"],
            "engine": model["engine"],
            "threads": model.get("threads", ""),
        },
        "versions": dict(model["versions"]),
    }


def _changed_from_default(request: Request) -> dict[str, Any]:
    """The prompt, and every field that is not as a new request has it."""
    plain = replace(request, image=None, mask=None).to_dict()
    for name in ("image", "mask"):
        picture = getattr(request, name)
        if picture is not None:
            plain[name] = "{}x{}".format(*picture.size)
    defaults = {field.name: field.default for field in fields(Request)}
    always = ("prompt", "steps", "seed", "scheduler", "guidance_scale")
    return {
        name: value
        for name, value in plain.items()
        if name in always or (value != defaults[name] and value != [])
    }
