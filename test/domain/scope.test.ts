import { expect, test } from "vitest";
import type { ComputeState } from "../../src/domain/compute_schema.ts";
import { scopeOf } from "../../src/domain/scope.ts";

test("A guest belongs to the scope of who runs it", () => {
  const scope = (
    resource_type: ComputeState["resource_type"],
    virtualization?: ComputeState["virtualization"],
  ) =>
    scopeOf({
      type: "compute",
      version: 1,
      changed: 1,
      state: {
        hostname: "a",
        resource_type,
        status: "active",
        interfaces: [],
        ...(virtualization ? { virtualization } : {}),
      },
    });
  expect(scope("container", { container: "docker", machine: "kvm" })).toBe("guest/docker");
  expect(scope("container", { container: "systemd-nspawn" })).toBe("guest/systemd-nspawn");
  expect(scope("virtual_machine", { machine: "kvm" })).toBe("guest/libvirt");
  expect(scope("virtual_machine", { machine: "amazon" })).toBeUndefined();
  expect(scope("container")).toBeUndefined();
  expect(scope("physical_server")).toBeUndefined();
});

test("Software belongs to the scope of its kind and of who manages it", () => {
  const scope = (kind: "package" | "process", source?: string) =>
    scopeOf({
      type: "software",
      version: 1,
      changed: 1,
      state: { compute: "a", name: "n", kind, ...(source ? { source } : {}) },
    });
  expect(scope("package", "dpkg")).toBe("software/package/dpkg");
  expect(scope("process")).toBe("software/process");
});
