"""Scenes -> what people might say of them: complete, short, vague or invented."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .concepts import CONCEPTS
from .grounds import GROUNDS
from .scenes import Scene
from .styles import STYLES

VAGUE_SHARE = 0.2
"""Captions that name a kind or nothing: they keep guidance 1 vague, which gives guidance
something to sharpen."""
INVENTED_SHARE = 0.04
"""Captions whose concept is replaced by an invented word, so that unknown words come to mean
nothing rather than some neighbour of theirs."""
WRONG_SHARE = 0.24
"""Captions that name another thing, as some of any large collection do. Without guidance the
network follows them that often; guidance is what makes it keep to the word. Pairs are named no
better than others: while they were, guidance 7 showed both things much seldomer than 4 did."""
EXTRA_SHARE = 0.06
"""Complete captions with an invented word behind them, which changes nothing."""
GROUND_SHARE = 0.6
"""Captions that name the ground."""
_COUNTS = {"two": 2, "three": 3, "four": 4}
_PLURALS = {"mouse": "mice", "wolf": "wolves"} | {
    same: same
    for same in ("fish", "tropical fish", "sheep", "deer", "scissors", "jeans", "sunglasses")
}


def captions(scene: Scene, rng: np.random.Generator, count: int) -> list[str]:
    """Several ways to say what the scene shows; of a hybrid, one for each of its two halves."""
    if scene.mix:
        return [_complete(half, rng) for half in _halves(scene)]
    return [caption(scene, rng) for _ in range(count)]


def caption(scene: Scene, rng: np.random.Generator) -> str:
    """One of the ways to say what the scene shows, or half of it if that is a hybrid."""
    if scene.mix:
        return _complete(_halves(scene)[int(rng.integers(2))], rng)
    draw = rng.random()
    invented = VAGUE_SHARE + INVENTED_SHARE
    if draw < VAGUE_SHARE:
        return _vague(scene, rng)
    if draw < invented:
        return _complete(scene, rng, [invented_word(rng) for _ in scene.subjects])
    if draw < invented + WRONG_SHARE:
        wrong = rng.integers(len(CONCEPTS), size=len(scene.subjects))
        return _complete(scene, rng, [_name(int(concept), rng) for concept in wrong])
    extra = f" {invented_word(rng)}" if rng.random() < EXTRA_SHARE else ""
    return _complete(scene, rng) + extra


def _halves(scene: Scene) -> list[Scene]:
    return [
        replace(scene, arrangement="single", subjects=(subject,), mix=0.0)
        for subject in scene.subjects
    ]


def _complete(scene: Scene, rng: np.random.Generator, names: list[str] | None = None) -> str:
    """What is there, and often where; `names` in place of the subjects' own."""
    names = names or [_name(subject.concept, rng) for subject in scene.subjects]
    thing = _subjects(scene, names, rng)
    if scene.style:
        return str(rng.choice(STYLES[scene.style][1])).format(thing)
    if scene.arrangement == "single" and rng.random() < 0.1:
        thing = f"a picture of {thing}"
    if rng.random() < GROUND_SHARE:
        thing += _ground(scene, rng)
    return thing


def _vague(scene: Scene, rng: np.random.Generator) -> str:
    kind = CONCEPTS[scene.concept].kind
    ways = ["a picture", "a picture of something", with_article(kind), kind]
    if scene.style:
        ways.append(str(rng.choice(STYLES[scene.style][1])).format("something"))
    elif rng.random() < 0.3:
        ways.append("something" + _ground(scene, rng))
    return str(rng.choice(ways))


def _subjects(scene: Scene, names: list[str], rng: np.random.Generator) -> str:
    if scene.arrangement in _COUNTS:
        return f"{scene.arrangement} {plural(names[0])}"
    things = [with_article(name) if rng.random() < 0.85 else name for name in names]
    if scene.arrangement == "pair":
        left, right = things
        # Named as one reads, from the left, unless it is said: a network that must first choose
        # a side for each draws both things into one for most of the steps.
        ways = [
            f"{left} and {right}",
            f"{left} next to {right}",
            f"{left} to the left of {right}",
            f"{right} to the right of {left}",
            f"{right} in front of {left}",
        ]
        return str(rng.choice(ways, p=[0.6, 0.16, 0.08, 0.08, 0.08]))
    if scene.arrangement == "riding":
        mount, rider = things
        return f"{rider} {'riding' if rng.random() < 0.7 else 'on'} {mount}"
    if scene.arrangement == "small":
        return f"a small {names[0]}" if rng.random() < 0.8 else things[0]
    return things[0]


def _ground(scene: Scene, rng: np.random.Generator) -> str:
    if scene.place:
        return f" {rng.choice(GROUNDS[scene.place][1])}"
    form = rng.random()
    if form < 0.7:
        return f" on a {scene.colour} background"
    return f", {scene.colour} background" if form < 0.85 else f" on {scene.colour}"


def _name(concept: int, rng: np.random.Generator) -> str:
    known = CONCEPTS[concept]
    if known.synonyms and rng.random() < 0.25:
        return str(rng.choice(known.synonyms))
    return known.name


def with_article(name: str) -> str:
    """A frog, an owl; a substance stays bare."""
    if name == "food":
        return name
    return f"{'an' if name[0] in 'aeiou' and not name.startswith('uni') else 'a'} {name}"


def plural(name: str) -> str:
    """Frogs, buses, cherries, mice."""
    if name in _PLURALS:
        return _PLURALS[name]
    if name.endswith("y") and name[-2] not in "aeiou":
        return f"{name[:-1]}ies"
    if name.endswith(("s", "x", "ch", "sh")):
        return name if name.endswith("es") else f"{name}es"
    return f"{name}s"


def invented_word(rng: np.random.Generator) -> str:
    """A pronounceable word that means nothing: two or three syllables."""
    syllables = (
        "".join(rng.choice(list(part)) for part in ("bdfgklmnprstvz", "aeiou", "bklmnrst "))
        for _ in range(rng.integers(2, 4))
    )
    return "".join(syllables).replace(" ", "")
