"""`python -m sdstudio.training STAGE`: make the built-in model, one stage at a time."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from transformers import CLIPModel, CLIPTextModel, CLIPTokenizer

from .scenes import Studio

STAGES: dict[str, tuple[float, str]] = {
    "warm": (0, "begin from a finished model folder instead of afresh"),
    "scenes": (0, "render the artwork and draw a sheet of scenes to look at"),
    "vae": (22, "train the autoencoder"),
    "latents": (0, "encode captioned scenes"),
    "text": (7, "learn the tokenizer, train the text encoder"),
    "network": (40, "train the denoising network"),
    "average": (0, "average the network with that of a finished model folder"),
    "few-step": (20, "distil the LoRA with which four steps are enough"),
    "export": (0, "write the model folder"),
    "sheets": (0, "draw contact sheets of what the model does"),
    "judge": (20, "train the judge where there is none, judge the model folder"),
}
"""Stage -> minutes it trains unless told otherwise, and what it does."""


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m sdstudio.training", description=__doc__)
    stages = parser.add_subparsers(dest="stage", required=True)
    for name, (minutes, what) in STAGES.items():
        stage = stages.add_parser(name, help=what, description=what)
        stage.add_argument(
            "--data", type=Path, required=True, help="artwork, laid out like the upstream checkouts"
        )
        stage.add_argument(
            "--work", type=Path, required=True, help="folder for caches, checkpoints and results"
        )
        stage.add_argument("--minutes", type=float, default=minutes, help="training time in all")
        stage.add_argument("--count", type=int, default=5_000, help="scenes to encode")
        stage.add_argument("--seed", type=int, default=3, help="of the scenes to encode")
        stage.add_argument("--batch", type=int, help="pictures per training step")
        stage.add_argument(
            "--rate",
            type=float,
            default=1.0,
            help="factor on the learning rate of autoencoder, towers or network",
        )
        stage.add_argument(
            "--pairs",
            type=float,
            metavar="WEIGHT",
            help="how often the network is shown pairs, in terms of plain scenes",
        )
        stage.add_argument(
            "--decoder-only",
            action="store_true",
            help="train the autoencoder's decoder; encoded scenes stay valid",
        )
        stage.add_argument(
            "--tower-only",
            action="store_true",
            help="train the image tower; the text encoder stays as networks know it",
        )
        stage.add_argument(
            "--share",
            type=float,
            default=1.0,
            help="of the judged pictures; in an average, of the newer network",
        )
        stage.add_argument("--steps", type=int, default=50, help="DDIM steps of what is made")
        stage.add_argument("--folder", type=Path, help="model folder (default: WORK/export)")
    return parser


def run_warm(options: argparse.Namespace, studio: Studio) -> None:
    """The parts of a model folder, for the stages to go on from."""
    from .warm import take_up

    take_up(_named_folder(options), options.work)


def run_average(options: argparse.Namespace, studio: Studio) -> None:
    """The network, and the one it was trained on from."""
    from .warm import average_network

    average_network(_named_folder(options), options.work, options.share)


def _named_folder(options: argparse.Namespace) -> Path:
    """The model folder of a stage that reads one; there is none to assume."""
    if options.folder is None:
        raise SystemExit(f"{options.stage}: which model folder? Name it with --folder.")
    return Path(options.folder)


def run_scenes(options: argparse.Namespace, studio: Studio) -> None:
    """A contact sheet of random scenes: look at what will be trained on."""
    from .sheet import sheet_of_scenes

    path = options.work / "scenes.png"
    sheet_of_scenes(studio).save(path)
    print(path)


def run_vae(options: argparse.Namespace, studio: Studio) -> None:
    """The autoencoder."""
    from .vae import train_vae

    train_vae(
        studio,
        options.work,
        options.minutes,
        options.batch or 16,
        options.rate,
        options.decoder_only,
    )


def run_latents(options: argparse.Namespace, studio: Studio) -> None:
    """Stored scenes."""
    from .latents import encode_scenes

    encode_scenes(studio, options.work, options.count, options.seed)


def run_text(options: argparse.Namespace, studio: Studio) -> None:
    """Tokenizer and text encoder."""
    from .text import train_text
    from .tokens import caption_corpus, cldr_words, train_tokenizer

    if not (options.work / "tokenizer").exists():
        corpus = [*caption_corpus(studio), *cldr_words(options.data)]
        train_tokenizer(corpus).save_pretrained(options.work / "tokenizer")
    train_text(options.work, options.minutes, options.batch or 64, options.rate, options.tower_only)


def run_network(options: argparse.Namespace, studio: Studio) -> None:
    """The denoising network."""
    from .network import PAIR_WEIGHT, train_network

    train_network(
        options.work,
        options.minutes,
        options.batch or 32,
        options.rate,
        pair_weight=PAIR_WEIGHT if options.pairs is None else options.pairs,
    )


def run_few_step(options: argparse.Namespace, studio: Studio) -> None:
    """The few-step LoRA."""
    from .few_steps import train_few_steps

    train_few_steps(options.work, options.minutes, options.batch or 16)


def run_export(options: argparse.Namespace, studio: Studio) -> None:
    """The model folder."""
    from diffusers import AutoencoderTiny, UNet2DConditionModel

    from .export import FEW_STEP_LORA, export

    work = options.work
    export(
        AutoencoderTiny.from_pretrained(work / "vae"),
        CLIPTextModel.from_pretrained(work / "text_encoder"),
        CLIPTokenizer.from_pretrained(work / "tokenizer"),
        UNet2DConditionModel.from_pretrained(work / "unet"),
        studio.drawn,
        options.folder or work / "export",
        clip=CLIPModel.from_pretrained(work / "clip"),
        few_step=work / FEW_STEP_LORA,
    )


def run_sheets(options: argparse.Namespace, studio: Studio) -> None:
    """Contact sheets of the model folder."""
    from .demonstrations import draw_sheets

    folder = options.folder or options.work / "export"
    print(*draw_sheets(folder, folder / "sheets", options.steps), sep="\n")


def run_judge(options: argparse.Namespace, studio: Studio) -> None:
    """The judge and its verdict."""
    from .evaluation import evaluate
    from .judge import train_judge

    if not (options.work / "judge.safetensors").exists():
        train_judge(studio, options.work, options.minutes, options.batch or 64)
    folder = options.folder or options.work / "export"
    print(evaluate(studio, options.work, folder, options.share, options.steps))


RUN: dict[str, Callable[[argparse.Namespace, Studio], None]] = {
    "warm": run_warm,
    "scenes": run_scenes,
    "vae": run_vae,
    "latents": run_latents,
    "text": run_text,
    "network": run_network,
    "average": run_average,
    "few-step": run_few_step,
    "export": run_export,
    "sheets": run_sheets,
    "judge": run_judge,
}


def main(argv: list[str] | None = None) -> None:
    """Run one stage."""
    options = arguments().parse_args(argv)
    options.work.mkdir(parents=True, exist_ok=True)
    studio = Studio.open(options.data, options.work / "cache" / "drawings.npy")
    if not studio.drawn:
        raise SystemExit(f"no drawing of any known concept under {options.data}")
    RUN[options.stage](options, studio)


if __name__ == "__main__":
    main()
