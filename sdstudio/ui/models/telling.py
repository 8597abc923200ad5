"""What is said of a model, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication

from sdstudio.engine.formats.hub_names import Download
from sdstudio.session.events import ModelFacts
from sdstudio.session.model_source import name_of
from sdstudio.session.model_watch import ModelWatch
from sdstudio.session.recent_models import RecentModel
from sdstudio.ui import wording
from sdstudio.ui.canvas.telling import duration

_SPACE = "  ·  "

_LONGEST = 32
"""Characters of a name in a line that says more."""


def called(source: str) -> str:
    """What to call a model by its source, before it is loaded."""
    return name_of(source) or _tr("Built-in")


def amount(number: int) -> str:
    """A number of parameters for people: "24 M", "2.6 B"."""
    if number >= 1_000_000_000:
        return f"{number / 1e9:.1f} B"
    if number >= 1_000_000:
        return f"{number / 1e6:.0f} M"
    return f"{number / 1e3:.0f} k"


def memory(count: int) -> str:
    """A number of bytes for people: "96 MB", "2.1 GB"."""
    if count >= 1_000_000_000:
        return _tr("{number:.1f} GB").format(number=count / 1e9)
    return _tr("{number:.0f} MB").format(number=max(1.0, count / 1e6))


def summary(facts: ModelFacts) -> str:
    """The lines below a model's name in its menu."""
    width, height = facts.native_size
    return "\n".join(
        (
            f"{facts.family}  ·  {prediction(facts.prediction_type)}",
            _tr("{amount} parameters, {memory}").format(
                amount=amount(facts.parameters), memory=memory(facts.weight_bytes)
            ),
            _tr("trained on {width} × {height} pixels").format(width=width, height=height),
            _tr("{dtype} on {device}, by {engine}").format(
                dtype=facts.dtype, device=facts.device, engine=facts.engine
            ),
            *(f"{what}: {shortened(value)}" for what, value in laid_over(facts)),
        )
    )


def laid_over(facts: ModelFacts) -> list[tuple[str, str]]:
    """What is laid over a model, by what it is."""
    rows = []
    if facts.additions.config:
        rows.append((_tr("Tokenizer"), Path(facts.additions.config).name))
    if facts.additions.vae:
        rows.append((_tr("Autoencoder"), Path(facts.additions.vae).name))
    if facts.additions.tiny_vae:
        rows.append((_tr("Tiny autoencoder"), Path(facts.additions.tiny_vae).name))
    if facts.added_words:
        rows.append((_tr("Added words"), ", ".join(facts.added_words)))
    return rows


def previews(facts: ModelFacts) -> str:
    """What a run's steps are shown by, and why they may be rough."""
    if facts.has_tiny:
        return _tr(
            "By the model’s own autoencoder where a step leaves time for it, else by a tiny one."
        )
    return _tr(
        "By the model’s own autoencoder where a step leaves time for it, else by a linear map of "
        "the latents, which is rough. A tiny autoencoder would be sharper."
    )


def with_it(model: RecentModel) -> list[str]:
    """What comes with a model that was used before, a line for each kind; none for nothing."""
    laid = [Path(each).name for each in model.additions.files]
    loras = [f"{Path(source).name} {weight:g}" for source, weight in model.loras]
    lines = []
    if laid:
        lines.append(_tr("with {names}").format(names=", ".join(laid)))
    if loras:
        lines.append(_tr("LoRAs: {names}").format(names=", ".join(loras)))
    return lines


def prediction(kind: str) -> str:
    """What a network predicts, by the name in its scheduler's configuration."""
    return {
        "epsilon": _tr("predicts the noise (epsilon)"),
        "v_prediction": _tr("predicts the velocity (v)"),
        "sample": _tr("predicts the picture (sample)"),
    }.get(kind, kind)


def details(facts: ModelFacts) -> list[tuple[str, str]]:
    """Everything that is known of a model, by its name."""
    width, height = facts.native_size
    low, high = facts.size_range
    return [
        (_tr("Name"), facts.name),
        (_tr("Source"), facts.source),
        (_tr("Family"), facts.family),
        (_tr("Prediction"), facts.prediction_type),
        (_tr("Trained on"), _tr("{w} × {h} pixels").format(w=width, h=height)),
        (_tr("Sides"), _tr("{low} to {high} pixels").format(low=low, high=high)),
        (_tr("Parameters"), f"{facts.parameters:,}".replace(",", "\u202f")),
        (_tr("Precision"), facts.dtype),
        *([(_tr("Why so"), wording.word(facts.precision))] if facts.precision else []),
        (_tr("Device"), facts.device),
        (_tr("Engine"), facts.engine),
        (_tr("Memory of its weights"), memory(facts.weight_bytes)),
        (_tr("Tokens of a prompt"), str(facts.max_tokens)),
        (_tr("Works best with"), listed(best_of(facts))),
        *laid_over(facts),
        (_tr("Previews"), previews(facts)),
        (_tr("Weights (SHA-256)"), f"{facts.hash} …"),
        *((_tr("Worth knowing"), wording.word(remark)) for remark in facts.remarks),
    ]


def best_of(facts: ModelFacts) -> dict[str, Any]:
    """What a model recommends, by the request's fields; its size aside."""
    return {
        "steps": facts.steps,
        "guidance_scale": facts.guidance_scale,
        "scheduler": facts.scheduler,
    }


def progress(watch: ModelWatch) -> str:
    """How far what is on its way has come, and since when; "" when there is nothing.

    What changes comes first, so that it is not what is cut off where room is scarce.
    """
    if watch.loading is None:
        return ""
    if not watch.is_loading:
        return wording.loading(watch.loading)
    return f"{shortened(called(watch.asked))}:  {_SPACE.join(figures(watch))}"


def figures(watch: ModelWatch) -> list[str]:
    """The share done, bytes, and the time gone, where there is something to say; the stage."""
    parts = []
    if watch.loading is not None and watch.loading.fraction is not None:
        parts.append(share(watch.loading.fraction))
    if watch.loading is not None and watch.loading.download is not None:
        parts.append(downloaded(watch.loading.download))
    if watch.seconds >= 1:
        parts.append(_gone(int(watch.seconds)))
    if watch.cancelling:
        parts.append(_tr("cancelling …"))
    elif watch.loading is not None and watch.loading.download is not None:
        parts.append(_tr("Downloading {file} …").format(file=watch.loading.download.file))
    elif watch.loading is not None:
        parts.append(f"{wording.stage(watch.loading.stage)} …")
    return parts


def downloaded(download: Download) -> str:
    """What is here of all there is: "1.2 of 3.4 GB"."""
    if download.total >= 1_000_000_000:
        return _tr("{done:.1f} of {total:.1f} GB").format(
            done=download.done / 1e9, total=download.total / 1e9
        )
    done, total = download.done / 1e6, max(1.0, download.total / 1e6)
    return _tr("{done:.0f} of {total:.0f} MB").format(done=done, total=total)


def _gone(seconds: int) -> str:
    return _tr("{seconds} s").format(seconds=seconds) if seconds < 60 else duration(seconds)


def share(fraction: float) -> str:
    """A share of 0 to 1 in percent."""
    return f"{round(100 * min(max(fraction, 0.0), 1.0))} %"


def shortened(name: str) -> str:
    """A name without its middle where it is long: kin differ at their ends."""
    if len(name) <= _LONGEST:
        return name
    half = _LONGEST // 2
    return f"{name[:half]}…{name[-half:]}"


def ready(facts: ModelFacts) -> str:
    """That a model can be used, and by which words more."""
    if not facts.added_words:
        return _tr("{name} is ready").format(name=facts.name)
    words = ", ".join(facts.added_words)
    return _tr("{name} is ready, and knows {words}").format(name=facts.name, words=words)


def advice(name: str, changes: dict[str, Any], facts: ModelFacts) -> str:
    """What a model works best with, of what a request has otherwise."""
    best = dict(changes)
    if "width" in best:
        best["width"], best["height"] = facts.native_size
    return _tr("“{name}” works best with {values}.").format(name=name, values=listed(best))


def listed(values: dict[str, Any]) -> str:
    """Values of request fields in one line: "30 steps, guidance scale 7.5, DDIM"."""
    parts = []
    if "width" in values:
        parts.append(_tr("{width} × {height} pixels").format(**values))
    if "steps" in values:
        steps = values["steps"]
        parts.append(_tr("1 step") if steps == 1 else _tr("{n} steps").format(n=steps))
    if "guidance_scale" in values:
        scale = values["guidance_scale"]
        parts.append(
            _tr("no guidance") if scale == 1 else _tr("guidance scale {g:g}").format(g=scale)
        )
    if "scheduler" in values:
        parts.append(_tr("scheduler {name}").format(name=values["scheduler"]))
    return ", ".join(parts)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Models", text)
