/** The one canonical form of what is known of a compute resource. */
import type { RegisterCompute } from "./compute_schema.ts";
import { quote, Refusal } from "./refusal.ts";
import {
  byCodeUnit,
  hostname,
  interfaceAddress,
  ipAddress,
  macAddress,
  networkCidr,
} from "./values.ts";

/**
 * A description in its canonical form, so that the same machine always gives the same data.
 *
 * @throws {Refusal} `invalid`, with the field
 */
export function canonicalCompute<T extends RegisterCompute>(data: T): T {
  const result: T = { ...data, hostname: hostname(data.hostname, "hostname") };
  result.interfaces = data.interfaces.map(canonicalInterface)
    .sort((a, b) => byCodeUnit(a.name, b.name));
  const twice = result.interfaces.find((one, index, all) => all[index - 1]?.name === one.name);
  if (twice) {
    throw new Refusal("invalid", "interfaces", `interfaces: ${quote(twice.name)} is there twice`);
  }
  if (data.location?.position !== undefined && data.location.rack === undefined) {
    throw new Refusal("invalid", "location/rack", "location/rack: a position is one in a rack");
  }
  if (data.routes) {
    result.routes = data.routes.map((route, index) => ({
      ...route,
      destination: networkCidr(route.destination, `routes/${index}/destination`),
      ...(route.gateway === undefined
        ? {}
        : { gateway: ipAddress(route.gateway, `routes/${index}/gateway`) }),
    })).sort((a, b) => byCodeUnit(JSON.stringify(a), JSON.stringify(b)));
  }
  return result;
}

function canonicalInterface(
  given: RegisterCompute["interfaces"][number],
  index: number,
): RegisterCompute["interfaces"][number] {
  const field = `interfaces/${index}`;
  const mac = given.mac_address;
  const addresses = given.addresses.map((address, at) =>
    interfaceAddress(address, `${field}/addresses/${at}`)
  );
  return {
    ...given,
    ...(mac === undefined ? {} : { mac_address: macAddress(mac, `${field}/mac_address`) }),
    addresses: [...new Set(addresses)].sort(byCodeUnit),
  };
}
