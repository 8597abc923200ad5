from __future__ import annotations

import errno
import json
import os
import pickle
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from safetensors import safe_open
from safetensors.numpy import save_file

from sdstudio.engine.request import Edit, Request
from sdstudio.session.files import previews, run_file, tensor_file
from sdstudio.session.files.atomic import FileError
from sdstudio.session.files.run_file import RunFileError, read_run, write_run
from sdstudio.session.files.run_head import MAX_NAME
from tests.session.files.run_files import PIXELS, framed, joined, parts_of, small_run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "frog.sdrun"
    write_run(path, small_run())
    return path


def code(path: Path) -> str:
    """The one code that reading a file gives, steps or not."""
    with pytest.raises(RunFileError) as raised:
        read_run(path)
    (problem,) = raised.value.problems
    assert problem.by_name["name"] == path.name
    return problem.code


def test_everything_comes_back(path: Path) -> None:
    run, again = small_run(), read_run(path)
    assert again.head == replace(run.head, request=replace(run.request, image=None))
    assert again.request == run.request
    assert again.previews == run.previews
    for before, after in zip(run.steps, again.steps, strict=True):
        assert before.keys() == after.keys()
        assert all(np.array_equal(before[name], after[name]) for name in before)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_file_of_before_the_networks_time_was_kept_opens(path: Path) -> None:
    header, head, body = parts_of(path.read_bytes())
    for step in head["steps"]:
        del step["network_seconds"]
    path.write_bytes(joined(header, head, body))
    assert {step.network_seconds for step in read_run(path).head.steps} == {None}


def test_the_rest_can_be_read_without_the_steps(path: Path) -> None:
    run = read_run(path, range(0))
    assert run.steps == ({}, {}, {})
    assert read_run(path, range(1, 2)).steps[1].keys() == small_run().steps[1].keys()
    assert read_run(path, range(1, 2)).steps[2] == {}
    assert run.request == small_run().request
    assert np.array_equal(previews.decode_all(run.previews)[2].shape, PIXELS.shape)


def test_others_can_read_the_tensors(path: Path) -> None:
    with safe_open(path, "np") as file:
        assert np.array_equal(file.get_tensor("2.p.cond"), small_run().steps[2]["p.cond"])
        assert json.loads(file.metadata()["run"])["count"] == 3


def test_names_are_one_line_and_short(tmp_path: Path) -> None:
    path = tmp_path / "a.sdrun"
    write_run(path, small_run(name="../../etc\n\x00\u202epasswd " + "x" * 10_000))
    name = read_run(path).head.name
    assert name.startswith("../../etc passwd x")
    assert len(name) == MAX_NAME


@pytest.mark.parametrize("kind", ["text", "empty", "png", "pickle", "zip", "safetensors"])
def test_something_else_is_foreign(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "other.sdrun"
    match kind:
        case "text":
            path.write_text("frog " * 1000)
        case "empty":
            path.touch()
        case "png":
            Image.fromarray(PIXELS).save(path, "PNG")
        case "pickle":
            path.write_bytes(pickle.dumps({"sdstudio.run": "1"}))
        case "zip":
            with zipfile.ZipFile(path, "w") as file:
                file.writestr("../../escape", "x" * 1000)
        case "safetensors":
            save_file({"0.latents": np.zeros((1, 4, 2, 4), np.float32)}, path)
    assert code(path) == "run_foreign"


def test_a_pickle_is_never_run(tmp_path: Path) -> None:
    class Hostile:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "escaped",))

    path = tmp_path / "other.sdrun"
    path.write_bytes(pickle.dumps(Hostile()))
    assert code(path) == "run_foreign"
    assert not (tmp_path / "escaped").exists()


def test_what_is_no_file(tmp_path: Path) -> None:
    assert code(tmp_path / "none.sdrun") == "file_missing"
    assert code(tmp_path) == "run_foreign"
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.sdrun")
        assert code(tmp_path / "pipe.sdrun") == "run_foreign"


def test_what_may_not_be_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "open", refuse)
    assert code(path) == "file_unreadable"


@pytest.mark.parametrize("share", [0.05, 0.5, 0.999])
def test_a_cut_off_file_is_damaged(path: Path, share: float) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert code(path) == "run_damaged"


def test_one_flipped_bit_is_found_wherever_it_is(path: Path) -> None:
    data = path.read_bytes()
    for position in (200, len(data) // 2, len(data) - 1):
        flipped = bytearray(data)
        flipped[position] ^= 1
        path.write_bytes(flipped)
        assert code(path) == "run_damaged"


def test_a_later_format_is_too_new(path: Path) -> None:
    header, head, body = parts_of(path.read_bytes())
    header["__metadata__"]["sdstudio.run"] = "2"
    path.write_bytes(joined(header, {"of": "another kind", **head}, body))
    assert code(path) == "run_too_new"


def drop(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda head: head.pop(name)


def put(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda head: head.update({name: value})


def put_in_step(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda head: head["steps"][2].update({name: value})


def put_in_request(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda head: head["request"].update({name: value})


@pytest.mark.parametrize(
    "change",
    [
        drop("request"),
        drop("steps"),
        put("steps", []),
        put("steps", [{}] * 100_000),
        put("count", 2),
        put("count", 10**9),
        put("count", True),
        put("count", 4),  # finished, and a step is missing
        lambda head: head.update({"count": 8, "outcome": "stopped"}),  # of three steps
        put("outcome", "going"),
        put("outcome", ["finished"]),
        put("prediction_type", "__import__('os')"),
        put("shared", -1),
        put("shared", 4),
        put("name", None),
        put("name", "\ud800"),
        put("model", "builtin"),
        put("model", {"versions": {str(i): "1" for i in range(1000)}}),
        put("model", {"source": 3}),
        put_in_step("timestep", "999"),
        put_in_step("timestep", float("nan")),
        put_in_step("timestep", 10**400),
        put_in_step("alpha", 1.5),
        put_in_step("sigma", -1),
        put_in_step("sigma", float("inf")),
        put_in_step("seconds", -1),
        put_in_step("network_seconds", -1),
        put_in_step("network_seconds", "long"),
        put_in_step("edit", {"step": 1, "guidance_scale": 3.0}),
        put_in_step("edit", {"step": 2, "guidance_scale": 1e9}),
        put_in_step("edit", {"step": 2, "seed": 3}),
        put_in_request("steps", 10**9),
        put_in_request("steps", 0),
        put_in_request("exec", "rm -rf"),
        put_in_request("image", "iVBORw0KGgo="),
        put_in_request("width", 40),
        put_in_request("height", 8),
    ],
)
def test_a_head_that_cannot_be_is_damaged(
    path: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    header, head, body = parts_of(path.read_bytes())
    change(head)
    path.write_bytes(joined(header, head, body))
    assert code(path) == "run_damaged"


@pytest.mark.parametrize(
    "head",
    [
        "",
        "[]",
        "null",
        "{",
        "[" * 200_000,
        '{"a":' * 200_000,
        "1" * 10_000,
        '{"name": "a", "name": "b"}',
        '{"name": NaN}',
        '{"count": 1e999}',
    ],
)
def test_a_head_that_is_no_json_is_damaged(path: Path, head: str) -> None:
    header, _, body = parts_of(path.read_bytes())
    path.write_bytes(joined(header, head, body))
    assert code(path) == "run_damaged"


def rename(before: str, after: str) -> Callable[[dict[str, Any]], None]:
    return lambda header: header.update({after: header.pop(before)})


def set_entry(name: str, **values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda header: header[name].update(values)


@pytest.mark.parametrize(
    "change",
    [
        rename("0.latents", "../../etc/passwd"),
        rename("0.latents", "/etc/passwd"),
        rename("0.latents", "0.latents/.."),
        rename("0.latents", "3.latents"),
        rename("0.latents", "00.latents"),
        rename("0.latents", "-1.latents"),
        rename("0.latents", "0.p.cond2"),
        rename("2.next_latents", "2.network_input"),
        rename("preview.0", "preview.7"),
        rename("picture.image", "picture.face"),
        rename("picture.image", "0.next_latents"),
        rename("0.p.uncond", "preview.1e3"),
        set_entry("0.latents", dtype="I32"),
        set_entry("0.latents", dtype="F64"),
        set_entry("0.latents", shape=[1, 4, 4, 2]),
        set_entry("0.latents", shape=[2, 4, 1, 4]),
        set_entry("0.latents", shape=[32]),
        set_entry("0.latents", shape=[-1, -4, 2, 4]),
        set_entry("0.latents", shape=[2**62, 4, 2, 4]),
        set_entry("0.latents", shape=[1.0, 4, 2, 4]),
        set_entry("0.latents", shape=[1] * 5000 + [32]),
        set_entry("0.latents", data_offsets=[0, 128]),
        set_entry("0.latents", data_offsets=[10**12, 10**12 + 128]),
        set_entry("0.latents", data_offsets=[-128, 0]),
        set_entry("0.latents", data_offsets="ab"),
        set_entry("0.latents", more=1),
        lambda header: header.update({"x": 3}),
        lambda header: header["__metadata__"].update({"more": 3}),
        lambda header: header["__metadata__"].update({"sdstudio.run": "one"}),
        lambda header: header["__metadata__"].pop("run"),
    ],
)
def test_tensors_that_cannot_be_are_damaged(
    path: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    header, _, body = parts_of(path.read_bytes())
    change(header)
    path.write_bytes(joined(header, None, body))
    assert code(path) == "run_damaged"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_are_none_are_damage(path: Path, value: float) -> None:
    header, head, body = parts_of(path.read_bytes())
    start = header["1.p.cond"]["data_offsets"][0]
    body = body[:start] + struct.pack("<f", value) + body[start + 4 :]
    path.write_bytes(joined(header, head, body))
    assert code(path) == "run_damaged"


def test_a_tensor_twice_is_damaged(path: Path) -> None:
    header, _, body = parts_of(path.read_bytes())
    text = json.dumps(header)
    twice = text[:-1] + ', "0.latents": ' + json.dumps(header["0.latents"]) + "}"
    path.write_bytes(framed(twice.encode(), body))
    assert code(path) == "run_damaged"


def test_a_header_of_any_length_is_not_read(path: Path) -> None:
    for length, body in ((2**63, b"{"), (2**64 - 1, b"{"), (40 << 20, b"{" * 100)):
        path.write_bytes(struct.pack("<Q", length) + body)
        assert code(path) == "run_foreign"
    with path.open("wb") as file:
        file.write(struct.pack("<Q", 100 << 20) + b"{")
        file.truncate(200 << 20)
    assert code(path) == "run_too_large"


def test_a_file_of_any_size_is_not_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with path.open("r+b") as file:
        file.truncate(tensor_file.MAX_FILE + 1)
    assert code(path) == "run_too_large"


def test_what_could_not_be_opened_is_not_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()
    monkeypatch.setattr(tensor_file, "MAX_FILE", 1000)
    with pytest.raises(RunFileError) as raised:
        write_run(path, small_run())
    assert raised.value.problems[0].code == "run_too_large"
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("number", "wanted"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EROFS, "read_only"),
        (errno.EACCES, "read_only"),
        (errno.EIO, "not_writable"),
    ],
)
def test_a_disk_that_refuses_leaves_what_was(
    path: Path, monkeypatch: pytest.MonkeyPatch, number: int, wanted: str
) -> None:
    before = path.read_bytes()

    def refuse(*_: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(FileError) as raised:
        write_run(path, small_run(name="Other"), durable=True)
    assert raised.value.problems[0].code == wanted
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "a.sdrun").mkdir()
    with pytest.raises(FileError) as raised:
        write_run(tmp_path / "a.sdrun", small_run())
    assert raised.value.problems[0].code == "not_writable"
    with pytest.raises(FileError) as raised:
        write_run(tmp_path / "none" / "a.sdrun", small_run())
    assert raised.value.problems[0].code == "folder_missing"


def test_a_picture_that_is_a_bomb_is_refused(tmp_path: Path) -> None:
    bomb = png_of(60_000, 60_000)
    path = tmp_path / "a.sdrun"
    write_run(path, replace(small_run(), previews={0: bomb}))
    with pytest.raises(ValueError, match="preview"):
        previews.decode_all(read_run(path).previews)
    request = replace(small_run().request, image=None)
    object.__setattr__(request, "image", small_run().request.image)
    assert request.image is not None
    object.__setattr__(request, "image", replace(request.image, png=bomb))
    write_run(path, replace(small_run(), request=request))
    assert code(path) == "run_damaged"


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is as large as that, and is not."""
    import zlib

    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(bytes(1_000_000))
    chunks = [
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in (head, data, b"IEND")
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def test_previews_stay_within_their_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "BUDGET", 10_000)
    picture = np.zeros((300, 700, 3), np.uint8)
    encoded = {index: previews.encode(picture, 7) for index in range(7)}
    decoded = previews.decode_all(encoded)
    assert sum(each.shape[0] * each.shape[1] for each in decoded.values()) <= 10_000
    assert decoded[0].shape[1] / decoded[0].shape[0] == pytest.approx(7 / 3, rel=0.1)


def test_more_previews_than_are_written_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded = {index: previews.encode(PIXELS, 1) for index in range(3)}
    monkeypatch.setattr(previews, "BUDGET", PIXELS.shape[0] * PIXELS.shape[1] * 2)
    with pytest.raises(ValueError, match="too large"):
        previews.decode_all(encoded)


def test_an_edit_and_a_stopped_run_come_back(tmp_path: Path) -> None:
    path = tmp_path / "a.sdrun"
    write_run(path, small_run(outcome="stopped", count=5))
    head = read_run(path).head
    assert (head.outcome, head.count, len(head.steps)) == ("stopped", 5, 3)
    assert head.steps[1].edit == Edit(step=1, guidance_scale=3.0)
    assert head.request == Request(**{**vars(small_run().request), "image": None})


def test_the_format_is_said_first(path: Path) -> None:
    assert path.read_bytes()[8:].startswith(b'{"__metadata__": {"sdstudio.run": "1"')
    assert run_file.FORMAT == 1
