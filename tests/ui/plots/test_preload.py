from __future__ import annotations

import subprocess
import sys

CODE = """
import sys, time
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.events import ModelReady
from sdstudio.session.sitting import Sitting
from sdstudio.ui.plots.preload import preload_when_ready
from tests.ui.fake_sampler import FACTS

sitting = Sitting(Mailbox())
preload_when_ready(sitting)
sitting.load("builtin")
assert "pyqtgraph" not in sys.modules
sitting.handle(ModelReady(FACTS))
sitting.handle(ModelReady(FACTS))
for _ in range(600):
    time.sleep(0.1)
    if "sdstudio.ui.plots.plot" in sys.modules and "pyqtgraph" in sys.modules:
        break
else:
    raise SystemExit("never imported")
"""


def test_plots_are_imported_once_there_is_a_model_and_not_before() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
