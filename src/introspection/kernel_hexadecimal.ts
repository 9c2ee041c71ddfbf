/**
 * Addresses as /proc/net prints them. IPv4 addresses, and each quarter of an IPv6 address in the socket tables, are
 * words of the processor's byte order; Deno runs on little-endian processors only. The IPv6 address and routing
 * tables print bytes in network order.
 */
import ipaddr from "ipaddr.js";

/** `0100007F` → `127.0.0.1`; undefined when it is no such word. */
export function wordIpv4(digits: string): string | undefined {
  if (!/^[0-9A-Fa-f]{8}$/.test(digits)) return undefined;
  return bytes(digits).reverse().join(".");
}

/** Thirty-two digits in network order; an IPv4 address mapped into IPv6 comes out as IPv4. */
export function hexadecimalIpv6(digits: string): string | undefined {
  if (!/^[0-9A-Fa-f]{32}$/.test(digits)) return undefined;
  const address = new ipaddr.IPv6(bytes(digits));
  return address.isIPv4MappedAddress()
    ? address.toIPv4Address().toString()
    : address.toRFC5952String();
}

/** Four words: an address in /proc/net/tcp6 or udp6. */
export function wordsIpv6(digits: string): string | undefined {
  const words = digits.match(/.{8}/g) ?? [];
  return hexadecimalIpv6(
    words.map((word) => (word.match(/../g) ?? []).reverse().join("")).join(""),
  );
}

function bytes(digits: string): number[] {
  return (digits.match(/../g) ?? []).map((byte) => parseInt(byte, 16));
}
