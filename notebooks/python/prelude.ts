/**
 * What the proxy (kernel.py) runs in Deno before the first cell. It is a cell itself: no imports and
 * no exports, and a block, so that nothing of it is in the way of a notebook's own names.
 */
{
  // Taken now: a cell may give these names another meaning.
  const { broadcast } = Deno.jupyter;
  const { MessageChannel, console, queueMicrotask, Symbol } = globalThis;

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
    await broadcast("cim_fence", { missing });
  };
  Object.defineProperty(globalThis, Symbol.for("cim.fence"), { value: fence });

  // Without these what goes wrong behind a cell's back vanishes.
  const report = (event: Event, text: string, error: unknown) =>
    queueMicrotask(() => event.defaultPrevented || console.error(text, error));
  addEventListener("unhandledrejection", (event) => {
    report(event, "Uncaught (in promise)", event.reason);
  });
  addEventListener("error", (event) => {
    report(event, "Uncaught", event.error ?? event.message);
  });

  // The proxy holds the other end of standard input. A byte is answered, which shows that JavaScript
  // waits and does not compute; its end is the proxy's.
  (async () => {
    const buffer = new Uint8Array(64);
    while (await Deno.stdin.read(buffer)) await broadcast("cim_awake", {});
    Deno.exit();
  })();
}
