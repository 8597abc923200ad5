"""The shipped model draws what it is asked for, in the eyes of a judge that has seen real art.

The judge (tests/training/data/judge.safetensors, 0.5 MB) was trained by
`python -m sdstudio.training judge` on real artwork only; EVALUATION.md in the model's folder says
how often it is right about that. To keep this test short it runs 20 DDIM steps, not 50.
"""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("resvg_py", reason="the training extra is not installed")

from sdstudio.paths import builtin_model
from sdstudio.training.evaluation import TEST_CONCEPTS, open_pipeline
from sdstudio.training.judge import load_judge
from sdstudio.training.measures import Bench, singles

JUDGE = Path(__file__).parent / "data" / "judge.safetensors"


@pytest.mark.timeout(900)
def test_twenty_concepts_are_recognised() -> None:
    folder = builtin_model()
    bench = Bench(open_pipeline(folder), load_judge(JUDGE), folder, steps=20)
    assert len(TEST_CONCEPTS) == 20

    score = bench.score(singles(TEST_CONCEPTS, seeds=2))

    seen = {name: sum(right) for name, right in score.by_concept.items()}
    assert score.count == 40
    assert score.top1 >= 0.7, seen
    for name in ("frog", "rabbit"):
        assert seen[name] == 2, seen
