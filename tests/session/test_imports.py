from __future__ import annotations

import subprocess
import sys


def test_the_session_imports_neither_torch_nor_qt() -> None:
    """The window appears before torch is imported, and the session works without a window."""
    script = (
        "import sys, sdstudio.session.local_sampler, sdstudio.session.sitting,"
        " sdstudio.session.files.png\n"
        "assert not {'torch', 'diffusers', 'PySide6', 'PIL'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
