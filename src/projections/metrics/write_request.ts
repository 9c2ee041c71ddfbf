/**
 * Samples as Prometheus' remote write wants them: a `WriteRequest` of protobuf, compressed by Snappy's block format
 * ([Prometheus, *Remote-Write 1.0*](https://prometheus.io/docs/specs/prw/remote_write_spec/)).
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { compress } from "snappyjs";
import type { Labels, Series } from "./series.ts";

/** One value of a series. */
export interface Sample {
  series: Series;
  /** Milliseconds since 1970. */
  time: number;
  value: number;
}

/** So many samples at most are one request, as Prometheus itself sends them. */
const MOST_SAMPLES = 2_000;
/** No request is about a longer time: a Prometheus takes what is up to an hour older than the newest that it has. */
const LONGEST_MS = 1_800_000;

/** What the wire format calls the fields. */
const [TIMESERIES, LABELS, SAMPLES] = [1, 1, 2];
const [NAME, TEXT] = [1, 2];
const [VALUE, TIMESTAMP] = [1, 2];

/**
 * Samples in the order of their times, in requests with one sample of each series at most: then what a server had taken of
 * a request that it refused is the last of its series, and may be sent again.
 */
export function requestsOf(samples: readonly Sample[]): Sample[][] {
  const requests: Sample[][] = [];
  let request: Sample[] = [];
  let series = new Set<Series>();
  for (const sample of [...samples].sort((a, b) => a.time - b.time)) {
    const isFull = request.length >= MOST_SAMPLES || series.has(sample.series) ||
      sample.time - (request[0] ?? sample).time > LONGEST_MS;
    if (isFull) {
      requests.push(request);
      request = [];
      series = new Set();
    }
    request.push(sample);
    series.add(sample.series);
  }
  return request.length > 0 ? [...requests, request] : requests;
}

/** The body of a request. */
export function writeRequest(samples: readonly Sample[]): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  for (const { series, time, value } of samples) {
    writer.tag(TIMESERIES, WireType.LengthDelimited).fork();
    for (const [name, text] of sorted(series.labels)) {
      writer.tag(LABELS, WireType.LengthDelimited).fork();
      writer.tag(NAME, WireType.LengthDelimited).string(name);
      writer.tag(TEXT, WireType.LengthDelimited).string(text);
      writer.join();
    }
    writer.tag(SAMPLES, WireType.LengthDelimited).fork();
    writer.tag(VALUE, WireType.Bit64).double(value);
    writer.tag(TIMESTAMP, WireType.Varint).int64(time);
    writer.join().join();
  }
  const compressed: unknown = compress(writer.finish());
  return compressed as Uint8Array<ArrayBuffer>;
}

/** By their names, as the specification wants them. */
function sorted(labels: Labels): Labels {
  return [...labels].sort(([a], [b]) => a < b ? -1 : 1);
}
