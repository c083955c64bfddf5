"""What a kernel is sent while long work runs: one line, written over in place, of plain text."""

from __future__ import annotations

import re

import nbformat
import pytest
from nbclient import NotebookClient

SLOW = """
import os, time
os.environ.pop("PYTEST_CURRENT_TEST", None)  # a test is not watched, a person is
from sfc_sim._core.progress import reporting
with reporting({progress}, "counting") as report:
    for k in range(1, 8):
        report(k, 7)
        time.sleep({pause})
"""


class Watching(NotebookClient):
    """Keeps each message that the kernel sends, besides what a notebook stores."""

    def process_message(self, msg, cell, cell_index):
        self.seen = [*getattr(self, "seen", []), msg]
        return super().process_message(msg, cell, cell_index)


def outputs(code):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    client = Watching(notebook, timeout=120, kernel_name="python3")
    client.execute()
    return notebook.cells[0].outputs, client.seen


# The kernel's sockets warn when the loop of the client ends.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def test_a_notebook_keeps_one_line_without_control_characters():
    kept, seen = outputs(SLOW.format(progress=None, pause=0.4))
    assert len(kept) == 1
    text = kept[0]["data"]["text/plain"]
    assert re.fullmatch("counting █{20} 7 of 7, [0-9]+ s", text)
    sent = [
        message["content"]["data"]["text/plain"]
        for message in seen
        if message["msg_type"] in ("display_data", "update_display_data")
    ]
    assert len(sent) > 2
    assert all(part.isprintable() for part in sent)
    assert not any(message["msg_type"] == "stream" for message in seen)


def test_short_work_and_work_that_is_to_be_silent_show_nothing():
    assert outputs(SLOW.format(progress=None, pause=0.0))[0] == []
    assert outputs(SLOW.format(progress=False, pause=0.3))[0] == []
