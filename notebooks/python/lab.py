"""
JupyterLab, which ends when its standard input closes: also when whoever started it is killed.

    python lab.py ARGUMENTS_OF_JUPYTER_LAB
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

# See execute.py.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]

import nbformat
from jupyterlab.labapp import main
from nbformat.sign import NotebookNotary

from parent import when_standard_input_closes


def trust(folder: Path) -> None:
    """Trusts notebooks without outputs, of which there is nothing that could be distrusted; of others Jupyter knows."""
    with NotebookNotary(data_dir=os.environ["JUPYTER_DATA_DIR"]) as notary:
        for path in folder.glob("*.ipynb"):
            try:
                notebook = nbformat.read(path, as_version=4)
            except (OSError, ValueError):
                continue  # JupyterLab says what is wrong with it.
            if not any(cell.get("outputs") for cell in notebook.cells) and not notary.check_signature(notebook):
                notary.sign(notebook)


if __name__ == "__main__":
    if hasattr(os, "setsid"):
        # Out of the terminal's reach: a Ctrl-C that came here too, twice asked to end, would leave kernels behind.
        os.setsid()
    # By its own signal, so that it ends its kernels first.
    when_standard_input_closes(lambda: os.kill(os.getpid(), signal.SIGTERM))
    trust(Path.cwd())
    main()
