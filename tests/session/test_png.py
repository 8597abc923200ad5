from __future__ import annotations

import errno
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from sdstudio.engine.picture import Picture
from sdstudio.engine.request import Edit, Request
from sdstudio.session.files import atomic
from sdstudio.session.files.atomic import FileError
from sdstudio.session.files.png import encode_png, read_png, write_png
from sdstudio.session.files.png_text import SIGNATURE
from tests.session.standins import facts

PIXELS = np.arange(16 * 24 * 3, dtype=np.uint8).reshape(16, 24, 3)
REQUEST = Request(
    prompt='a "frog", on stilts:\nat the theatre ☂',
    prompt_b="ein Häschen",
    mix=0.25,
    blend="spherical",
    negative_prompt="blue\nred",
    guidance_scale=7.25,
    steps=31,
    seed=2**62 + 1,
    scheduler="DPM++ 2M Karras",
    image=Picture.of(PIXELS),
    strength=0.6,
    mask=Picture.of(PIXELS[..., 0]),
    clip_skip=1,
    loras=(("builtin:few-step", 0.5),),
    tile=128,
)
EDITS = (
    Edit(step=3, guidance_scale=2.0),
    Edit(step=9, prompt="a swan", mix=1.0, fresh_noise=0.25, noise_seed=2**61 + 1),
)


def codes(restored: Any) -> list[str]:
    return [note.code for note in restored.notes]


def with_texts(path: Path, texts: dict[str, str], zipped: bool = False) -> Path:
    info = PngImagePlugin.PngInfo()
    for key, text in texts.items():
        info.add_itxt(key, text, zip=zipped) if zipped else info.add_text(key, text)
    Image.fromarray(PIXELS).save(path, pnginfo=info)
    return path


def test_everything_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "frog.png"
    write_png(path, PIXELS, REQUEST, EDITS, facts(), {"torch": "1"})
    restored = read_png(path, facts())
    assert restored.request == REQUEST
    assert restored.edits == EDITS
    assert restored.source == "sdstudio"
    assert restored.model is not None
    assert restored.model["hash"] == facts().hash
    assert restored.notes == ()
    assert np.array_equal(np.asarray(Image.open(path)), PIXELS)
    assert [each.name for each in tmp_path.iterdir()] == ["frog.png"]


def test_others_can_read_the_parameters(tmp_path: Path) -> None:
    path = tmp_path / "frog.png"
    write_png(path, PIXELS, Request(prompt="a frog", steps=3), (), facts())
    with Image.open(path) as image:
        text = image.info["parameters"]
    assert text.startswith("a frog\nSteps: 3, Sampler: DDIM, CFG scale: 7.5, Seed: 0, Size: 24x16")
    assert json.loads(Image.open(path).text["sdstudio"])["size"] == [24, 16]


def test_another_model_is_named(tmp_path: Path) -> None:
    path = tmp_path / "frog.png"
    write_png(path, PIXELS, REQUEST, (), facts(name="Mine"))
    (note,) = read_png(path, facts(hash="ffffffffff", name="Yours")).notes
    assert (note.code, dict(note.values)) == ("model_differs", {"name": "Mine", "present": "Yours"})


def test_reads_the_web_uis_picture(tmp_path: Path) -> None:
    text = (
        "a frog\nNegative prompt: fog\nSteps: 5, Sampler: Euler a, CFG scale: 3, Seed: 4, "
        "Size: 512x512, Model hash: abcdef0123, Model: other"
    )
    for zipped in (False, True):
        path = with_texts(tmp_path / "theirs.png", {"parameters": text}, zipped)
        restored = read_png(path, facts())
        assert restored.source == "a1111"
        assert restored.request == Request(
            prompt="a frog",
            negative_prompt="fog",
            steps=5,
            scheduler="Euler a",
            guidance_scale=3.0,
            seed=4,
            width=512,
            height=512,
        )
        assert restored.model == {"name": "other", "hash": "abcdef0123"}
        assert codes(restored) == ["model_differs"]


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-16-le"])
def test_reads_the_web_uis_jpeg_and_webp(tmp_path: Path, kind: str, encoding: str) -> None:
    text = "a frog\nSteps: 5, Sampler: DDIM, CFG scale: 3, Seed: 4"
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + text.encode(encoding)
    path = tmp_path / "theirs.img"
    Image.fromarray(PIXELS).save(path, kind, exif=exif)
    restored = read_png(path)
    assert restored.request == Request(prompt="a frog", steps=5, guidance_scale=3.0, seed=4)


def test_wrong_fields_are_named_and_the_others_restored(tmp_path: Path) -> None:
    plain = REQUEST.to_dict() | {
        "steps": 0,
        "guidance_scale": float("nan"),
        "eta": 10**400,
        "image": "no picture",
        "loras": [["x", 10**400]],
        "later_field": 1,
    }
    path = with_texts(
        tmp_path / "a.png",
        {"sdstudio": json.dumps({"request": plain, "edits": [{"step": -1}], "model": 5})},
    )
    restored = read_png(path)
    assert restored.request is not None
    assert restored.request.prompt == REQUEST.prompt
    assert restored.request.seed == REQUEST.seed
    assert restored.request.steps == 50
    reasons = {note.field: note.by_name["reason"] for note in restored.notes}
    assert reasons == {
        "later_field": "unknown_field",
        "image": "picture_unreadable",
        "guidance_scale": "not_a_number",
        "eta": "out_of_range",
        "steps": "out_of_range",
        "loras": "not_pairs",
        "edits": "damaged",
    }
    assert restored.model is None


def test_falls_back_to_the_parameters(tmp_path: Path) -> None:
    texts = {"sdstudio": "{", "parameters": "a frog\nSteps: 5, Sampler: DDIM, Seed: 4"}
    restored = read_png(with_texts(tmp_path / "a.png", texts))
    assert restored.source == "a1111"
    assert restored.request == Request(prompt="a frog", steps=5, seed=4)
    assert codes(restored) == ["metadata_damaged"]


def test_files_that_say_nothing(tmp_path: Path) -> None:
    plain = tmp_path / "plain.png"
    Image.fromarray(PIXELS).save(plain)
    text = tmp_path / "text.png"
    text.write_text("Steps: this is no picture")
    for path in (plain, text):
        restored = read_png(path)
        assert (restored.request, restored.source, codes(restored)) == (None, None, ["no_metadata"])
    assert codes(read_png(tmp_path / "none.png")) == ["file_missing"]
    assert codes(read_png(tmp_path)) == ["file_unreadable"]


def test_a_cut_off_file_gives_what_it_has(tmp_path: Path) -> None:
    data = encode_png(PIXELS, REQUEST, EDITS)
    path = tmp_path / "cut.png"
    path.write_bytes(data[:-30])
    restored = read_png(path)
    assert restored.request == REQUEST
    assert codes(restored) == ["file_incomplete"]
    path.write_bytes(data[:700])
    restored = read_png(path)
    assert restored.source == "a1111"
    assert codes(restored) == ["file_incomplete", "metadata_damaged", "field_not_restored"]
    assert restored.notes[-1].field == "image"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    packed = zlib.compressobj(9)
    bomb = b"".join(packed.compress(bytes(1 << 20)) for _ in range(300)) + packed.flush()
    path = tmp_path / "bomb.png"
    path.write_bytes(SIGNATURE + chunk(b"zTXt", b"parameters\0\0" + bomb) + chunk(b"IEND", b""))
    assert codes(read_png(path)) == ["metadata_damaged"]


@settings(deadline=None)
@given(data=st.data())
def test_mutilated_files_never_raise(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
        if not content:
            break
    path = tmp_path_factory.mktemp("mutilated") / "a.png"
    path.write_bytes(content)
    read_png(path, facts())


WHOLE = encode_png(PIXELS, Request(prompt="a frog"), EDITS)

jsons = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=6,
)


def test_a_request_that_is_a_list_of_pairs_is_none(tmp_path: Path) -> None:
    text = json.dumps({"request": [[None, None]], "edits": [], "model": {}})
    assert read_png(with_texts(tmp_path / "a.png", {"sdstudio": text}), facts()).request is None


@settings(deadline=None)
@given(
    request=st.dictionaries(st.sampled_from(sorted(REQUEST.to_dict())), jsons, max_size=8) | jsons,
    edits=jsons | st.lists(st.dictionaries(st.sampled_from(["step", "mix", "prompt"]), jsons)),
    model=jsons,
)
def test_nonsense_in_the_json_never_raises(
    tmp_path_factory: pytest.TempPathFactory, request: Any, edits: Any, model: Any
) -> None:
    text = json.dumps({"request": request, "edits": edits, "model": model})
    path = with_texts(tmp_path_factory.mktemp("nonsense") / "a.png", {"sdstudio": text})
    read_png(path, facts())


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EROFS, "read_only"),
        (errno.EACCES, "read_only"),
        (errno.EIO, "not_writable"),
    ],
)
def test_a_failed_save_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    path = tmp_path / "frog.png"
    path.write_bytes(b"before")

    def fail(self: Path, target: Path) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(FileError) as caught:
        write_png(path, PIXELS, REQUEST)
    monkeypatch.undo()
    (problem,) = caught.value.problems
    assert (problem.code, problem.field, problem.by_name["name"]) == (code, "file", "frog.png")
    assert path.read_bytes() == b"before"
    assert [each.name for each in tmp_path.iterdir()] == ["frog.png"]


def test_a_disk_that_fills_up_leaves_no_half(tmp_path: Path) -> None:
    def write(file: Any) -> None:
        file.write(b"half")
        raise OSError(errno.ENOSPC, "no space left")

    with pytest.raises(FileError, match="disk_full"):
        atomic.write_atomic(tmp_path / "a.png", write)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [("none/a.png", "folder_missing"), ("", "not_writable"), ("a\0b.png", "not_writable")],
)
def test_bad_paths(tmp_path: Path, name: str, code: str) -> None:
    with pytest.raises(FileError) as caught:
        write_png(tmp_path / name, PIXELS, REQUEST)
    assert caught.value.problems[0].code == code
