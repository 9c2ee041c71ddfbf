/** What a NetBox, or what stands before it, answers. */
import { oneLine } from "../projector_error.ts";
import { NetBoxPermissionMissing, NetBoxUnavailable } from "./error.ts";
import type { NetBoxAnswer, NetBoxMethod } from "./client.ts";
import { NetBoxSettingsError } from "./settings.ts";

/** What an answer says, as JSON has it. */
export type NetBoxBody = unknown;

/** The longest answer that is read, in bytes. A page of 1000 objects has some 300 kB. */
const LONGEST_ANSWER = 64_000_000;

const ACTIONS = { GET: "view", POST: "add", PATCH: "change", DELETE: "delete" } as const;

/**
 * What an answer says about what was asked.
 *
 * @throws {NetBoxSettingsError} where it is not NetBox's, or says that we are not let in
 * @throws {NetBoxPermissionMissing} where the token's user may not see these objects
 * @throws {NetBoxUnavailable} for a list that is too long for whatever stands before NetBox (413)
 */
export async function contentOf(
  response: Response,
  { method, endpoint, url }: { method: NetBoxMethod; endpoint: string; url: string },
): Promise<NetBoxAnswer> {
  const { status } = response;
  const text = await readLimited(response);
  if (status >= 300 && status < 400) throw redirected(response, url);
  if (status === 413) {
    throw new NetBoxUnavailable(`${method} ${endpoint}`, "it takes no list as long as that", 413);
  }
  let body: NetBoxBody;
  try {
    body = text === "" ? null : JSON.parse(text);
  } catch (error) {
    throw new NetBoxSettingsError(
      "NETBOX_URL",
      `does not answer as a NetBox does: to ${method} ${url}/api/${endpoint}/ it says ` +
        `"${pageOf(text)}" (${status}). Set it to the address that people open NetBox with; a ` +
        `proxy before it has to let /api/ through`,
      { cause: error },
    );
  }
  const said = refusalOf(body);
  // NetBox answers 403 both to a token that it does not know and to a user who may not.
  if (status === 401 || (status === 403 && /token|credentials|authenticat|inactive/i.test(said))) {
    throw new NetBoxSettingsError(
      "NETBOX_TOKEN",
      `is not one that lets us in: make another in NetBox, or renew it (NetBox says: ${said})`,
    );
  }
  if (status === 403 && method === "GET") {
    throw new NetBoxPermissionMissing(ACTIONS[method], endpoint, said);
  }
  if (status === 403 && !hasErrors(body)) {
    // As of any object that is refused, and in our words: NetBox does not say what it is that is missing.
    const missing = new NetBoxPermissionMissing(ACTIONS[method], endpoint, said);
    return { status, body: { detail: missing.message } };
  }
  return { status, body };
}

/**
 * An answer's text; what is longer than 64 MB is not NetBox's.
 *
 * @throws {NetBoxSettingsError} for a longer one
 */
export async function readLimited(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let [text, length] = ["", 0];
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > LONGEST_ANSWER) {
      throw new NetBoxSettingsError(
        "NETBOX_URL",
        `answers with more than ${LONGEST_ANSWER / 1e6} MB, which no NetBox does`,
      );
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** NetBox's own words for why it does not do something, in one line: `{"name": ["is needed"]}` is `name: is needed`. */
export function refusalOf(body: NetBoxBody): string {
  const words = (value: unknown): string => {
    if (typeof value !== "object" || value === null) return String(value);
    if (Array.isArray(value)) return value.map(words).filter((text) => text !== "").join(" ");
    return Object.entries(value).map(([name, about]) => {
      const text = words(about);
      if (text === "") return "";
      return ["__all__", "non_field_errors", "detail", "error"].includes(name)
        ? text
        : `${name}: ${text}`;
    }).filter((text) => text !== "").join("; ");
  };
  return body === null || body === undefined ? "" : oneLine(words(body));
}

function hasErrors(body: NetBoxBody): boolean {
  return typeof body === "object" && body !== null && "errors" in body;
}

function redirected(response: Response, url: string): NetBoxSettingsError {
  const target = URL.parse(response.headers.get("location") ?? "", response.url);
  const base = target && /^https?:$/.test(target.protocol)
    ? target.origin + target.pathname.replace(/\/api\/.*$/, "")
    : undefined;
  const isElsewhere = base !== undefined && base !== url && target!.pathname.includes("/api/");
  return new NetBoxSettingsError(
    "NETBOX_URL",
    isElsewhere
      ? `leads elsewhere: set it to ${base}`
      : `leads elsewhere (${response.status}${base ? ` to ${target!.host}` : ""}), and not to a ` +
        `NetBox's /api/: set it to the address that people open NetBox with`,
  );
}

/** What a page shows, so that people know it again: its title, or its beginning. */
function pageOf(text: string): string {
  const title = /<title[^>]*>([^<]*)</i.exec(text)?.[1];
  return oneLine((title ?? text).replace(/<[^>]*>/g, " ")).slice(0, 120);
}
