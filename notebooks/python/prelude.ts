/**
 * What the proxy (kernel.py) runs in Deno before the first cell. It is a cell itself: no imports and
 * no exports, and a block, so that nothing of it is in the way of a notebook's own names.
 */
{
  // Taken now: a cell may give these names another meaning.
  const { broadcast } = Deno.jupyter;
  const { AbortController, Error, MessageChannel, console, queueMicrotask, Symbol } = globalThis;

  const INTERRUPTED = "The cell was interrupted. What it had made by then is kept";

  /** The cell that runs, or the next one where none does: a byte, which is enough to tell it from the last ones. */
  let cell = 0;
  /** Says to what the cell waits for that the cell was interrupted. */
  let interruption = new AbortController();
  Object.defineProperty(globalThis, Symbol.for("cim.interruption"), {
    get: () => interruption.signal,
  });

  /**
   * A turn of the event loop, in which rejections that nobody handles are reported. Not a timer's: after
   * a timer that throws, Deno 2.9.6 may leave the next one asleep for as long as nothing else happens.
   */
  const turn = () =>
    new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    });

  /**
   * Says `cim_fence` on the way that all outputs take, so that what comes after it belongs to no cell
   * before, and which of `names` have no value: a missing import is `undefined` in Deno, not an error.
   */
  const fence = async (names: Record<string, () => unknown>) => {
    await turn();
    const missing = Object.keys(names).filter((name) => {
      try {
        return names[name]?.() === undefined;
      } catch {
        return false; // not declared: what looked like an import was none
      }
    });
    // What goes on of the cell before keeps its own signal, which nobody will hear of again.
    interruption = new AbortController();
    cell = (cell + 1) % 256;
    await broadcast("cim_fence", { missing, cell });
  };
  Object.defineProperty(globalThis, Symbol.for("cim.fence"), { value: fence });

  /** How far a long work of the cell is, in a line; without one it is done. */
  const progress = (line?: string) => broadcast("cim_progress", { line: line ?? null });
  Object.defineProperty(globalThis, Symbol.for("cim.progress"), { value: progress });

  // Without these what goes wrong behind a cell's back vanishes.
  const report = (event: Event, text: string, error: unknown) =>
    queueMicrotask(() => {
      // Of what the cell waited for at the same time, one has told of its end.
      const isInterrupted = interruption.signal.aborted &&
        (error === interruption.signal.reason || (error as Error)?.name === "AbortError");
      if (!event.defaultPrevented && !isInterrupted) console.error(text, error);
    });
  addEventListener("unhandledrejection", (event) => {
    report(event, "Uncaught (in promise)", event.reason);
  });
  addEventListener("error", (event) => {
    report(event, "Uncaught", event.error ?? event.message);
  });

  // The proxy holds the other end of standard input. What comes is answered, which shows that JavaScript
  // waits and does not compute; a cell's byte interrupts it, if it still runs. Its end is the proxy's.
  (async () => {
    const buffer = new Uint8Array(64);
    for (let length; (length = await Deno.stdin.read(buffer)) !== null;) {
      if (buffer.subarray(0, length).includes(cell)) {
        const reason = new Error(INTERRUPTED);
        reason.name = "Interrupted";
        interruption.abort(reason);
      }
      await broadcast("cim_awake", {});
    }
    Deno.exit();
  })();
}
