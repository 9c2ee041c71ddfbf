"""
A front end for kernel.test.ts: starts a kernel, and does what the lines of its standard input say, an answer a line.

    python kernel_client.py KERNEL_NAME
"""

import json
import os
import queue
import sys
import threading
import time

from jupyter_client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
manager, client = start_new_kernel(kernel_name=sys.argv[1])


def second_client():
    other = BlockingKernelClient()  # with a session of its own, unlike manager.client()
    other.load_connection_file(manager.connection_file)
    other.start_channels()
    other.wait_for_ready(timeout=30)
    return other


def collect(front, ids, seconds):
    """The replies to these requests, and what was published, in its order, until all are idle."""
    replies, published, idle, deadline = {}, [], set(), time.monotonic() + seconds
    while time.monotonic() < deadline and (len(replies) < len(ids) or len(idle) < len(ids)):
        try:
            message = front.get_iopub_msg(timeout=0.05)
            kind, parent = message["msg_type"], message["parent_header"].get("msg_id")
            if kind == "status" and message["content"]["execution_state"] == "idle" and parent in ids:
                idle.add(parent)
            cell = ids.index(parent) if parent in ids else None
            late = parent in idle and kind != "status"
            published.append({"cell": cell, "late": late, "type": kind, "content": message["content"]})
        except queue.Empty:
            pass
        try:
            message = front.get_shell_msg(timeout=0)
            replies[message["parent_header"]["msg_id"]] = message["content"]
        except queue.Empty:
            pass
    return {"replies": [replies.get(one) for one in ids], "published": published}


def run(codes, interrupt_after=None, seconds=20):
    ids = [client.execute(code, allow_stdin=False) for code in codes]
    if interrupt_after is not None:
        threading.Timer(interrupt_after, manager.interrupt_kernel).start()
    return collect(client, ids, seconds)


def help(kind, code, cursor):
    """What the kernel says to `complete` or `inspect`, after how many milliseconds."""
    begin, ask = time.monotonic(), getattr(client, kind)
    one = ask(code, cursor)
    while (reply := client.get_shell_msg(timeout=30))["parent_header"]["msg_id"] != one:
        pass
    return {"content": reply["content"], "ms": 1000 * (time.monotonic() - begin)}


def help_while(busy, **asked):
    """The same while a cell runs; whether that still did then, and what became of it."""
    one = client.execute(busy, allow_stdin=False)
    time.sleep(0.5)
    helped = next((found for _ in range(4) if (found := help(**asked))["content"]["matches"]), None)
    ran = collect(client, [one], 20)
    return {"helped": helped, "ran": ran}


def two_front_ends(count):
    """Each of two clients sends its cells without waiting; what each of them saw of its own."""
    fronts = [client, second_client()]
    ids = [[], []]
    for at in range(count):
        for front in (0, 1):
            ids[front].append(fronts[front].execute(f"console.log('{front} {at}')"))
    return [collect(fronts[front], ids[front], 30) for front in (0, 1)]


def beats(seconds):
    """Starts a cell that computes for this long; the milliseconds of the worst heartbeat meanwhile."""
    import zmq

    socket = manager.context.socket(zmq.REQ)
    socket.linger = 0
    socket.connect(f"tcp://127.0.0.1:{manager.hb_port}")
    one = client.execute(f"for (const end = Date.now() + {seconds * 1000}; Date.now() < end;);")
    worst, end = 0.0, time.monotonic() + seconds * 0.8
    while time.monotonic() < end:
        start = time.monotonic()
        socket.send(b"beat")
        if not socket.poll(2000):
            return {"worst": 2000}
        socket.recv()
        worst = max(worst, time.monotonic() - start)
        time.sleep(0.02)
    busy = not client.shell_channel.msg_ready()
    collect(client, [one], 10)
    return {"worst": worst * 1000, "busy": busy}


def forged():
    """A cell that is signed with another key."""
    front = BlockingKernelClient()
    front.load_connection_file(manager.connection_file)
    front.session.key = b"another"
    front.start_channels()
    front.execute("globalThis.forged = true")
    time.sleep(0.5)
    return run(["globalThis.forged === undefined"])


def restart(now):
    manager.restart_kernel(now=now)
    client.wait_for_ready(timeout=30)
    return manager.provisioner.pid


def shutdown():
    client.stop_channels()
    manager.shutdown_kernel()


print(json.dumps(manager.provisioner.pid), file=answers, flush=True)
for line in sys.stdin:
    name, arguments = json.loads(line)
    print(json.dumps(globals()[name](**arguments)), file=answers, flush=True)
