/** What a program uses of the resource that it runs on. */
import type { Dimension } from "../dimension.ts";
import type { Space } from "../space.ts";

const MEASURED = "of process.executable.name of its name: mean over the window";

const log = (
  name: string,
  unit: string,
  range: Dimension["range"],
  about: string,
  source: string,
): Dimension => ({ name: `software.${name}`, unit, scale: "log", range, about, source });

/** The space `software`: its points are packages, services and programs, each on one resource. */
export const SOFTWARE: Space = {
  name: "software",
  about: "packages, services and programs",
  domains: [{
    name: "software",
    dimensions: [
      {
        name: "software.cpu",
        unit: "1",
        scale: "linear",
        range: [0, 1],
        about: "the share of all processors that it uses",
        source: `process.cpu.utilization ${MEASURED}`,
      },
      log("memory", "By", [1e6, 1e11], "its memory", `process.memory.usage ${MEASURED}`),
      log("threads", "{thread}", [1, 1e3], "its threads", `process.thread.count ${MEASURED}`),
      log(
        "descriptors",
        "{file_descriptor}",
        [1, 1e4],
        "its open files and sockets",
        `process.unix.file_descriptor.count ${MEASURED}`,
      ),
      log(
        "disk",
        "By/s",
        [1e3, 1e9],
        "what it reads and writes",
        "process.disk.io of its name: growth in the window, summed over both directions",
      ),
      log(
        "uptime",
        "s",
        [60, 31_536_000],
        "how long its oldest process has been running",
        "process.uptime of its name: the newest value in the window",
      ),
      log("processes", "{process}", [1, 100], "its processes", `cim.process.count ${MEASURED}`),
      log("listening", "{socket}", [1, 100], "on how many sockets it listens", "its listening"),
    ],
  }],
};
