"""The log of a training run: `log.csv`, with its curves in `loss.png`."""

from __future__ import annotations

import csv
from pathlib import Path


class RunLog:
    def __init__(self, run: Path) -> None:
        self.path = run / "log.csv"

    def add(self, line: dict[str, float | str]) -> None:
        """Append a line and redraw the curves. All lines of a run have the same columns."""
        text = {key: f"{value:.5g}" if isinstance(value, float) else value for key, value in line.items()}
        is_new = not self.path.exists()
        with self.path.open("a", newline="") as file:
            writer = csv.DictWriter(file, list(text))
            if is_new:
                writer.writeheader()
            writer.writerow(text)
        self.draw()

    def draw(self) -> None:
        """Losses (nats per token) above, rates (per cent) below, over tokens."""
        from matplotlib.figure import Figure

        with self.path.open(newline="") as file:
            lines = list(csv.DictReader(file))
        tokens = [float(line["tokens"]) / 1e6 for line in lines]
        figure = Figure(figsize=(9, 8), layout="constrained")
        above, below = figure.subplots(2, 1, sharex=True)
        for name in lines[0]:
            if name.endswith("loss"):
                above.plot(tokens, [float(line[name]) for line in lines], label=name.removesuffix("_loss"))
            elif name not in ("step", "tokens", "stage", "rate"):
                below.plot(tokens, [float(line[name]) for line in lines], label=name)
        above.set(ylabel="nats per token", yscale="log")
        below.set(ylabel="%", xlabel="million tokens")
        for axes in (above, below):
            axes.legend(fontsize="small", ncols=3)
            axes.grid(alpha=0.3)
        figure.savefig(self.path.with_name("loss.png"), dpi=110)
