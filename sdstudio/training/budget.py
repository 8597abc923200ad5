"""How long a stage trains, and what it has to show for it when interrupted."""

from __future__ import annotations

import time

from tqdm import tqdm


class Budget:
    """Counts steps and minutes, shows progress and time left, and survives a restart.

    The learning rate follows `progress`, which runs from 0 to 1 over the minutes granted: on a
    machine that others use too, the schedule then ends on time however slow the hour was.
    """

    def __init__(self, name: str, minutes: float, step: int = 0, seconds: float = 0.0) -> None:
        self.minutes = minutes
        self.step = step
        self._before = seconds
        self._start: float | None = None
        self._bar = tqdm(
            total=round(minutes * 60),
            desc=name,
            bar_format="{desc}: {percentage:3.0f}%|{bar:20}| {postfix}",
            mininterval=5,
        )

    @property
    def seconds(self) -> float:
        """Time spent training, earlier sittings included; counted from when it is first asked."""
        if self._start is None:
            self._start = time.monotonic()
        return self._before + time.monotonic() - self._start

    @property
    def progress(self) -> float:
        """0 at the start, 1 when the minutes are used up."""
        return min(1.0, self.seconds / (60 * self.minutes))

    def tick(self, **values: float) -> None:
        """One optimizer step is done."""
        self.step += 1
        if self.step % 20 == 0:
            left = max(0.0, self.minutes - self.seconds / 60)
            self._bar.set_postfix(
                step=self.step, minutes_left=f"{left:.1f}", refresh=False, **values
            )
            self._bar.update(round(self.seconds) - self._bar.n)

    def say(self, line: str) -> None:
        """Print a line above the progress bar."""
        self._bar.write(line)

    def state(self) -> dict[str, float]:
        """What a checkpoint keeps."""
        return {"step": self.step, "seconds": self.seconds}


def schedule(progress: float, step: int, warm_up: int = 200, decay_from: float = 0.0) -> float:
    """Factor on the learning rate: a linear rise, a plateau, a linear fall to a fiftieth."""
    rise = min(1.0, (step + 1) / warm_up)
    fall = 1.0 if progress < decay_from else (1 - progress) / (1 - decay_from)
    return min(rise, max(fall, 0.02))
