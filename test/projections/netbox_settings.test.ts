import { describe, expect, test } from "vitest";
import { netBoxEnvironment, NetBoxSettingsError } from "../../src/projections/netbox/settings.ts";

const of = (variables: Record<string, string>) => netBoxEnvironment((name) => variables[name]);
const url = "https://netbox.example";
const token = "0123456789abcdef0123456789abcdef01234567";

describe("The environment of NetBox", () => {
  test("without NETBOX_URL, or with an empty one, names no server", () => {
    expect(of({})).toBeUndefined();
    expect(of({ NETBOX_URL: "  ", NETBOX_TOKEN: token })).toBeUndefined();
  });

  test.each([
    ["https://netbox.example", "https://netbox.example"],
    [" https://netbox.example/ ", "https://netbox.example"],
    ["https://example.org/netbox/", "https://example.org/netbox"],
    ["https://example.org:8443/tools/netbox/api/", "https://example.org:8443/tools/netbox"],
    ["http://[::1]:8000/api", "http://[::1]:8000"],
  ])("%j is the NetBox at %s", (value, expected) => {
    expect(of({ NETBOX_URL: value, NETBOX_TOKEN: token })!.url).toBe(expected);
  });

  test("says who we are as the token's version has it", () => {
    const header = (value: string) => of({ NETBOX_URL: url, NETBOX_TOKEN: value })!.authorization();
    expect(header(token)).toBe(`Token ${token}`);
    expect(header(" nbt_abc.def\n")).toBe("Bearer nbt_abc.def");
  });

  test("shows no token where settings are printed", () => {
    const settings = of({ NETBOX_URL: "http://netbox.example", NETBOX_TOKEN: token });
    expect(Deno.inspect(settings)).not.toContain(token);
  });

  test.each([
    ["http://netbox.example", true],
    ["https://netbox.example", false],
    ["http://localhost:8000", false],
    ["http://127.0.0.1:8000", false],
    ["http://[::1]:8000", false],
    ["http://127.0.0.1.example", true],
  ])("of %s people are warned that anybody may read the token: %s", (value, isWarned) => {
    const { warning } = of({ NETBOX_URL: value, NETBOX_TOKEN: token })!;
    expect(warning !== undefined).toBe(isWarned);
    if (isWarned) expect(warning).toContain("NETBOX_URL is http");
  });

  test.each([
    ["netbox.example", token, "NETBOX_URL"],
    ["ftp://netbox.example", token, "NETBOX_URL"],
    ["https://ada:hunter2@netbox.example", token, "NETBOX_URL"],
    ["https://netbox.example/?token=hunter2", token, "NETBOX_URL"],
    ["https://netbox.example/#hunter2", token, "NETBOX_URL"],
    [url, "", "NETBOX_TOKEN"],
    [url, "hunter2\r\nX-Other: 1", "NETBOX_TOKEN"],
    [url, "hunter2 hunter2", "NETBOX_TOKEN"],
    [url, "nbt_hunter2", "NETBOX_TOKEN"],
  ])("%j with the token %j is refused because of %s, which is named and not repeated", (
    NETBOX_URL,
    NETBOX_TOKEN,
    variable,
  ) => {
    let error: unknown;
    try {
      of({ NETBOX_URL, NETBOX_TOKEN });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(NetBoxSettingsError);
    expect(error).toMatchObject({ code: "netbox_settings", variable });
    expect(Deno.inspect(error)).not.toContain("hunter2");
  });
});
