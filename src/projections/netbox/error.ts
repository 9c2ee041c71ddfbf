/** What goes wrong with NetBox, told from trouble with the events. */
import { ProjectionUnavailable } from "../projection.ts";
import { oneLine } from "../projector_error.ts";
import { NetBoxSettingsError } from "./settings.ts";

/** NetBox is out of reach, does not answer in time, or fails: trying again later may help. */
export class NetBoxUnavailable extends Error {
  override readonly name = "NetBoxUnavailable";
  /** Stable, for programs. */
  readonly code = "netbox_unavailable";
  /**
   * @param doing what was asked: `GET dcim/sites`
   * @param status the HTTP status that it answered with; absent where no answer came
   */
  constructor(
    readonly doing: string,
    why: string,
    readonly status: number | undefined,
    options?: ErrorOptions,
  ) {
    super(`NetBox could not be asked (${doing}): ${why}`, options);
  }
}

/** The token's user may not do what is needed. */
export class NetBoxPermissionMissing extends Error {
  override readonly name = "NetBoxPermissionMissing";
  /** Stable, for programs. */
  readonly code = "netbox_permission_missing";
  /**
   * @param action `view`, `add`, `change` or `delete`
   * @param endpoint of which objects: `dcim/devices`
   */
  constructor(readonly action: string, readonly endpoint: string, said: string) {
    super(
      `NETBOX_TOKEN may not ${action} ${endpoint}: give its user that permission in NetBox` +
        (action === "view" ? "" : ", and see that the token is one that may write") +
        ` (NetBox says: ${said})`,
    );
  }
}

/** A NetBox of a version whose interface is another one. */
export class NetBoxVersionUnsupported extends Error {
  override readonly name = "NetBoxVersionUnsupported";
  /** Stable, for programs. */
  readonly code = "netbox_version_unsupported";
  /** @param version what the server says it is: `4.1.11` */
  constructor(readonly version: string) {
    super(`NETBOX_URL is a NetBox ${version}: 4.2 or newer is needed, and nothing knows 5 yet`);
  }
}

/** The tag or a custom field that ours is told by cannot be made. */
export class NetBoxMarksRefused extends Error {
  override readonly name = "NetBoxMarksRefused";
  /** Stable, for programs. */
  readonly code = "netbox_marks_refused";
  /** @param what which: `the custom field cim_id` */
  constructor(readonly what: string, why: string) {
    super(`nothing can be written to NetBox without ${what}: ${why}`);
  }
}

/**
 * What an error is to a projector: trouble with NetBox is {@linkcode ProjectionUnavailable}, whether it passes or somebody
 * has to mend it, for no event is to blame; anything else is as it was.
 */
export function trouble(error: unknown, projection: string): unknown {
  const isTrouble = error instanceof NetBoxUnavailable || error instanceof NetBoxSettingsError ||
    error instanceof NetBoxPermissionMissing || error instanceof NetBoxVersionUnsupported ||
    error instanceof NetBoxMarksRefused;
  return isTrouble
    ? new ProjectionUnavailable(projection, oneLine(error), { cause: error })
    : error;
}
