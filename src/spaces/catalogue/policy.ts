/** How strict policies are. */
import type { Space } from "../space.ts";

/** The space `policy`: its points are policies. */
export const POLICY: Space = {
  name: "policy",
  about: "policies",
  domains: [{
    name: "policy",
    dimensions: [
      {
        name: "policy.severity",
        unit: "1",
        scale: "linear",
        range: [1, 3],
        about: "how bad it is when it is not kept",
        source: "its severity: info is 1, warning 2, critical 3",
      },
      {
        name: "policy.delay",
        unit: "s",
        scale: "log",
        range: [60, 86_400],
        about: "for how long it may fail before that is an alert",
        source: "its `for`; not known of one that raises no alert",
      },
    ],
  }],
};
