/** Measurements as events, many of them: the text of each is put together, and not made of objects first. */
import { EVENTS } from "../domain/event_types.ts";
import type { Random } from "./random.ts";

/** One measured series of a resource: its point in JSON up to the value, and what the value is. */
export interface Series {
  /** `{"name":…,"value":` */
  head: string;
  /** Rounded as a measurement is. */
  value: () => number;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const BITS_30 = 2 ** 30;

/**
 * The ids of a command and of the one event that it leads to, as a `MessageFactory` makes them in a new millisecond
 * (UUID v7, RFC 9562, with a counter of 42 bits that begins anywhere), and in a fifth of the time.
 *
 * @param ms since 1970, later than that of every id before
 */
export function idsOf(ms: number, random: Random): [command: string, event: string] {
  const high = random.nextUint32();
  const counter = high * 0x400 + (random.nextUint32() & 0x3ff);
  const time = ms.toString(16).padStart(12, "0");
  const head = `${time.slice(0, 8)}-${time.slice(8)}-`;
  return [
    head + tail(counter, random.nextUint32()),
    head + tail(counter + 1, random.nextUint32()),
  ];
}

function tail(counter: number, low: number): string {
  const a = Math.floor(counter / BITS_30);
  const b = counter & BITS_30 - 1;
  return HEX[0x70 | a >>> 8]! + HEX[a & 255] + "-" +
    HEX[0x80 | b >>> 24] + HEX[b >>> 16 & 255] + "-" + HEX[b >>> 8 & 255] + HEX[b & 255] +
    HEX[low >>> 24] + HEX[low >>> 16 & 255] + HEX[low >>> 8 & 255] + HEX[low & 255];
}

const KIND = EVENTS.MeasurementsRecorded;

/** What writes the measurements of one resource. A test holds its text against what `decide` and a `MessageFactory` make. */
export class Meter {
  readonly #kind: string;
  readonly #data: string;
  /** How many events the resource has had. */
  version: number;
  /** The id of its last measurement; "" before the first. */
  lastEvent = "";

  /**
   * @param id of the resource
   * @param actor who measures it
   * @param version how many events it has had
   */
  constructor(id: string, actor: string, version: number) {
    this.version = version;
    this.#kind = `","event_type":"MeasurementsRecorded","event_version":${KIND.version}` +
      `,"aggregate_type":"${KIND.aggregate}","aggregate_id":"${id}","aggregate_version":`;
    this.#data = `","actor":${JSON.stringify(actor)},"data":{"compute":"${id}","observed_at":"`;
  }

  /**
   * The JSON of the next event.
   *
   * @param ms when it is measured, in milliseconds since 1970
   * @param at the same as text
   * @param window_seconds over which utilizations are, where there is one
   */
  measure(
    ms: number,
    at: string,
    series: readonly Series[],
    window_seconds: number | undefined,
    random: Random,
  ): string {
    const [command, event] = idsOf(ms, random);
    this.lastEvent = event;
    let points = "";
    for (const { head, value } of series) {
      points += points === "" ? head : "," + head;
      points += value() + "}";
    }
    const window = window_seconds === undefined ? '"' : `","window_seconds":${window_seconds}`;
    return `{"event_id":"${event}${this.#kind}${++this.version},"occurred_at":"${at}` +
      `","message_id":"${event}","correlation_id":"${command}","causation_id":"${command}` +
      `${this.#data}${at}${window},"points":[${points}]}}`;
  }
}
