"""
JupyterLab, which ends when its standard input closes: also when whoever started it is killed.

    python lab.py ARGUMENTS_OF_JUPYTER_LAB
"""

from __future__ import annotations

import os
import signal
import sys

# See execute.py.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]

from jupyterlab.labapp import main

from parent import when_standard_input_closes

if __name__ == "__main__":
    if hasattr(os, "setsid"):
        # Out of the terminal's reach: a Ctrl-C that came here too, twice asked to end, would leave kernels behind.
        os.setsid()
    # By its own signal, so that it ends its kernels first.
    when_standard_input_closes(lambda: os.kill(os.getpid(), signal.SIGTERM))
    main()
