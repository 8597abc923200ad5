from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from sdstudio.session.engine_import import uncollected


def _python(script: str) -> None:
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux says what a process has mapped")
def test_torchs_libraries_are_open_before_it_is_imported() -> None:
    _python(
        "import sys, pathlib\n"
        "from sdstudio.session.engine_import import open_torch\n"
        "open_torch()\n"
        "assert 'libtorch_cpu' in pathlib.Path('/proc/self/maps').read_text()\n"
        "assert 'torch' not in sys.modules\n"
        "import torch\n"
        "assert (torch.ones(2) @ torch.ones(2)).item() == 2"
    )


def test_a_missing_torch_is_left_for_its_import_to_tell() -> None:
    _python(
        "import sys\n"
        "sys.modules['torch'] = None\n"
        "from sdstudio.session.engine_import import import_engine\n"
        "try:\n"
        "    import_engine()\n"
        "except ModuleNotFoundError:\n"
        "    pass\n"
        "else:\n"
        "    raise AssertionError\n"
        "import gc\n"
        "assert gc.isenabled()"
    )


def test_nothing_is_collected_until_the_block_ends() -> None:
    was_frozen = gc.get_freeze_count()

    def fail() -> None:
        with uncollected():
            assert not gc.isenabled()
            raise ValueError("within")

    with pytest.raises(ValueError, match="within"):
        fail()
    assert gc.isenabled()
    assert gc.get_freeze_count() > was_frozen


def test_it_stays_off_for_those_who_had_it_off() -> None:
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
