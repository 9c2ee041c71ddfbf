"""
Runs a notebook without a browser, for src/notebook/execute.ts.

    python execute.py KERNEL_NAME SECONDS_PER_CELL < NOTEBOOK

Standard input is the notebook as one line of JSON, and stays open: when it closes, the kernel is killed and all ends.
Standard output is one JSON object a line:

    {"event": "cell", "done": 3, "total": 7, "source": "…"}      a code cell begins
    {"event": "failed", "cell": 4, "name": "…", "message": "…", "traceback": "…", "source": "…", "notebook": {…}}
    {"event": "broken", "message": "…"}                          not the notebook's fault
    {"event": "done", "notebook": {…}, "logs_read": […]}         src/replay/log_read.ts says what was read
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from typing import Any

# Makes its grammar for seconds when it is imported, and jsonschema does without it: for IRIs, which no notebook has.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]

import nbformat
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.paths import jupyter_runtime_dir
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from parent import when_standard_input_closes

# A cell behind the notebook's own, which its reader never sees.
_LAST = """await Deno.jupyter.display({
  "application/json": [...globalThis[Symbol.for("cim.logs_read")]?.values() ?? []],
}, { raw: true })"""
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_START_SECONDS = 120
# A socket's path has about 100 bytes, and its name in the folder takes half of them.
_SOCKET_FOLDER_LIMIT = 50


class _Manager(AsyncKernelManager):
    """Jupyter's own, over sockets in our private folder where it can, not ports that another process could take."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.connection_file = os.path.join(jupyter_runtime_dir(), "kernel.json")
        if os.name == "posix" and len(jupyter_runtime_dir()) < _SOCKET_FOLDER_LIMIT:
            self.transport = "ipc"


class Run:
    """One run of one notebook."""

    def __init__(self, notebook: nbformat.NotebookNode, kernel_name: str, seconds: float) -> None:
        # What the kernel or Deno prints to the terminal shall not come among our lines.
        self._lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        self._notebook, self._seconds = notebook, seconds
        self._sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        self._begun = 0
        self._client = NotebookClient(
            notebook,
            kernel_name=kernel_name,
            kernel_manager_class=_Manager,
            timeout=seconds,
            startup_timeout=_START_SECONDS,
            record_timing=True,
            store_widget_state=False,
            on_cell_start=self._on_cell_start,
        )

    def run(self) -> None:
        """Runs it and says how it ended."""
        when_standard_input_closes(self._abort)
        # By name, so that what its author's kernel was called does not matter.
        self._notebook.metadata["kernelspec"] = {
            "name": self._client.kernel_name,
            "display_name": "Deno (CIM)",
            "language": "typescript",
        }
        for cell in self._notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        last = nbformat.v4.new_code_cell(_LAST, metadata={"tags": ["raises-exception"]})
        self._notebook.cells.append(last)
        try:
            try:
                self._client.execute()
            finally:
                self._notebook.cells.remove(last)
        except CellExecutionError as error:
            self._failed(error.ename, error.evalue, self._traceback())
        except CellTimeoutError:
            self._failed("Timeout", f"The cell took longer than {self._seconds:g} s", "")
        except DeadKernelError:
            self._failed("KernelEnded", "Deno ended while the cell ran", "")
        except Exception as error:  # noqa: BLE001: whatever it is, the other side is to know it
            if self._begun == 0:
                self._say(event="broken", message=f"{type(error).__name__}: {error}")
            else:
                self._failed(type(error).__name__, str(error), "")
        else:
            self._say(event="cell", done=len(self._sources), total=len(self._sources), source="")
            read = [output.data["application/json"] for output in last.outputs if "data" in output]
            self._say(event="done", notebook=self._executed(), logs_read=read[0] if read else [])

    def _on_cell_start(self, cell: nbformat.NotebookNode, cell_index: int) -> None:
        if cell.cell_type != "code" or cell_index == len(self._notebook.cells) - 1:
            return
        self._begun += 1
        self._say(event="cell", done=self._begun - 1, total=len(self._sources), source=cell.source)

    def _failed(self, name: str, message: str, traceback: str) -> None:
        source = self._sources[self._begun - 1]
        self._say(
            event="failed",
            cell=self._begun,
            source=source,
            name=_ANSI.sub("", name),
            message=_ANSI.sub("", message),
            traceback=_ANSI.sub("", traceback),
            notebook=self._executed(),
        )

    def _traceback(self) -> str:
        code_cells = [cell for cell in self._notebook.cells if cell.cell_type == "code"]
        outputs = code_cells[self._begun - 1].outputs
        return "\n".join(line for output in outputs if output.output_type == "error" for line in output.traceback)

    def _executed(self) -> dict[str, Any]:
        for cell in self._notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = _joined(cell.outputs)
        return json.loads(nbformat.writes(self._notebook))

    def _say(self, **event: Any) -> None:
        print(json.dumps(event), file=self._lines, flush=True)

    def _abort(self) -> None:
        """Kills the kernel, with what it started, and ends at once."""
        manager = self._client.km
        process = getattr(manager and manager.provisioner, "process", None)
        if process is not None and process.poll() is None:
            if os.name == "posix":
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        os._exit(1)


def _joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Neighbouring pieces of one stream as one output, as JupyterLab shows them: Deno makes one of each line."""
    joined: list[nbformat.NotebookNode] = []
    for output in outputs:
        if output.output_type == "display_data" and not output.data:
            continue  # There was progress to see: progress.py.
        last = joined[-1] if joined else None
        if last is not None and output.output_type == "stream" == last.output_type and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


if __name__ == "__main__":
    # Read by hand, not through sys.stdin, whose buffer would take what the watch for its end waits for.
    line = bytearray()
    while not line.endswith(b"\n"):
        chunk = os.read(0, 1 << 16)
        if not chunk:
            sys.exit(1)
        line += chunk
    Run(nbformat.reads(line.decode(), as_version=4), sys.argv[1], float(sys.argv[2])).run()
    # nbclient's loop and ours are done; a thread of its own must not hold up the end.
    os._exit(0)
