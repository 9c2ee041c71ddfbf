/** Scopes: what can be looked for as a whole, so that what is known of it and was not seen is known to be gone. */
import type { ComputeState } from "./compute_schema.ts";
import type { Aggregate } from "./inventory.ts";

/**
 * The scope that an aggregate is looked for in on the resource that it belongs to.
 *
 * - `network` (of this resource alone), `connection/flow`, `connection/neighbour`
 * - `software/process`, `software/KIND/SOURCE`
 * - `guest/ENGINE`, for a compute that runs on another one
 *
 * @returns undefined for what no scan of a resource can be sure to see
 */
export function scopeOf(aggregate: Aggregate): string | undefined {
  switch (aggregate.type) {
    case "network":
      return aggregate.state.scope === undefined ? undefined : "network";
    case "connection": {
      const { kind } = aggregate.state;
      return kind === "flow" || kind === "neighbour" ? `connection/${kind}` : undefined;
    }
    case "software": {
      const { kind, source } = aggregate.state;
      return ["software", kind, ...(source === undefined ? [] : [source])].join("/");
    }
    case "compute":
      return guestScope(aggregate.state);
    default:
      return undefined;
  }
}

/** Of virtual machines only those of libvirt are known all together. */
function guestScope(
  { resource_type, virtualization }: Pick<ComputeState, "resource_type" | "virtualization">,
): string | undefined {
  if (resource_type === "container") {
    return virtualization?.container && `guest/${virtualization.container}`;
  }
  const libvirt = ["kvm", "qemu"].includes(virtualization?.machine ?? "");
  return resource_type === "virtual_machine" && libvirt ? "guest/libvirt" : undefined;
}
