"""The shipped model draws what it is asked for, in the eyes of a judge that has seen real art.

The judge (tests/training/data/judge.safetensors, 0.5 MB) was trained by
`python -m sdstudio.training judge` on real artwork only; EVALUATION.md in the model's folder says
how often it is right about that. To keep this test short it runs 20 DDIM steps, not 50.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

pytest.importorskip("resvg_py", reason="the training extra is not installed")

from diffusers import StableDiffusionPipeline

from sdstudio.paths import builtin_model
from sdstudio.training.concepts import CONCEPTS
from sdstudio.training.evaluation import TEST_CONCEPTS, orders, recognise
from sdstudio.training.judge import load_judge

JUDGE = Path(__file__).parent / "data" / "judge.safetensors"


@pytest.mark.timeout(900)
def test_twenty_concepts_are_recognised() -> None:
    pipe = StableDiffusionPipeline.from_pretrained(builtin_model(), dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    index = {concept.name: i for i, concept in enumerate(CONCEPTS)}
    wanted = orders([index[name] for name in TEST_CONCEPTS], seeds=4)
    assert len(wanted) == 80

    verdict, by_concept = recognise(pipe, load_judge(JUDGE), wanted, guidance=7.0, steps=20)

    seen = {CONCEPTS[concept].name: sum(right) for concept, right in by_concept.items()}
    assert verdict.top1 >= 0.7, seen
    for name in ("frog", "rabbit"):
        assert seen[name] >= 3, seen
