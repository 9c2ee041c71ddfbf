import fc from "fast-check";
import { expect, test } from "vitest";
import { CsvReader, type CsvRecord, delimiterOf } from "../../src/importers/csv_records.ts";

function read(text: string, delimiter = ",", chunk = Infinity): CsvRecord[] {
  const reader = new CsvReader(delimiter);
  const records: CsvRecord[] = [];
  for (let at = 0; at < text.length; at += chunk) {
    records.push(...reader.take(text.slice(at, at + chunk)));
  }
  return [...records, ...reader.end()];
}

const cell = fc.string({ unit: fc.constantFrom("a", "é", ",", ";", '"', "\n", "\r\n", " ", "\t") });
const quoted = (field: string) =>
  /[",;\t\r\n]/.test(field) || field === "" ? `"${field.replaceAll('"', '""')}"` : field;

test("Whatever is in the fields, and however the text is cut, they are as they were, each with its line", () => {
  fc.assert(fc.property(
    fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 8 }),
    fc.constantFrom("\n", "\r\n"),
    fc.constantFrom(",", ";", "\t"),
    fc.integer({ min: 1, max: 9 }),
    fc.boolean(),
    (rows, end, delimiter, chunk, hasEnd) => {
      let line = 1;
      const wanted: CsvRecord[] = [];
      for (const fields of rows) {
        if (fields.some((field) => field.trim() !== "")) wanted.push({ line, fields });
        line += fields.map(quoted).join(delimiter).split("\n").length;
      }
      const text = rows.map((fields) => fields.map(quoted).join(delimiter)).join(end) +
        (hasEnd ? end : "");
      expect(read(text, delimiter, chunk)).toEqual(wanted);
    },
  ));
});

test("A quote that is wrong spoils its own line and no other", () => {
  expect(
    read('a,b\n"x"y,2\nc,d\n"never,1\ne,f\n').map(({ line, fields, why }) =>
      `${line} ${fields?.join("|") ?? why}`
    ),
  ).toEqual([
    "1 a|b",
    '2 something is behind a closing quote ": write "" for a quote in a field',
    "3 c|d",
    '4 a quote " is opened in it that is never closed',
    "5 e|f",
  ]);
});

test.each([
  ["a,b\n1,2\n", ","],
  ["a;b\n1,5;2\n2,5;3\n", ";"],
  ["name\tnote\nx\ta, b; c\n", "\t"],
  ["a|b\n1|2", "|"],
  ["just one\n1\n", ","],
  ["", ","],
  ['"x;y",b\n1,2\n', ","],
])("%j is delimited by %j", (text, delimiter) => {
  expect(delimiterOf(text)).toBe(delimiter);
});
