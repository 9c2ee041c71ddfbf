/** The colours of charts and tables, by computation: they are seen on a light ground, on a dark one, and by everyone. */
import { describe, expect, test } from "vitest";
import { barChart } from "../../src/notebook/charts.ts";
import { INK } from "../../src/notebook/chart_layout.ts";
import { GREY, PALETTE } from "../../src/notebook/palette.ts";
import { htmlTable } from "../../src/table/html.ts";
import { Table } from "../../src/table/table.ts";

type Colour = readonly [number, number, number];
const css = await Deno.readTextFile(
  new URL("../../src/notebook/export/page.css", import.meta.url),
);
/** A colour of the page, by day and by night. */
const page = (name: string) =>
  [...css.matchAll(new RegExp(`--${name}: (#\\w+);`, "g"))].map((one) => one[1]!);

const rgb = (hex: string): Colour => {
  const long = hex.length === 4 ? hex.replace(/\w/g, "$&$&") : hex;
  return [1, 3, 5].map((at) => parseInt(long.slice(at, at + 2), 16) / 255) as unknown as Colour;
};
const linear = (colour: Colour) =>
  colour.map((one) =>
    one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4
  ) as unknown as Colour;
/** WCAG 2.2, relative luminance and contrast ratio. */
const luminance = (colour: Colour) => {
  const [red, green, blue] = linear(colour);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const contrast = (one: Colour, other: Colour) => {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
};
/** Over a ground, in so far as it is opaque. */
const over = (ink: Colour, ground: Colour, opacity: number) =>
  ink.map((one, at) => opacity * one + (1 - opacity) * ground[at]!) as unknown as Colour;

const [day, night] = page("page").map(rgb) as [Colour, Colour];
/** JupyterLab's themes: their ground and their letters. */
const JUPYTER: [Colour, Colour][] = [[rgb("#fff"), rgb("#212121")], [rgb("#111"), rgb("#fff")]];
const GROUNDS = [...JUPYTER.map(([ground]) => ground), day, night];

test.each([...PALETTE, GREY])("%s is seen on every ground as a mark: 3:1", (colour) => {
  for (const ground of GROUNDS) expect(contrast(rgb(colour), ground)).toBeGreaterThanOrEqual(3);
});

test("letters of charts have the highest contrast that one ink has on JupyterLab's two grounds", () => {
  const least = (ink: Colour) => Math.min(...JUPYTER.map(([ground]) => contrast(ink, ground)));
  const greys = Array.from({ length: 256 }, (_, one) => least([one / 255, one / 255, one / 255]));
  expect(least(rgb(INK))).toBe(Math.max(...greys));
  expect(least(rgb(INK))).toBeGreaterThan(4.3);
});

test("letters of pages have 4.5:1, the quiet ones too", () => {
  for (const name of ["text", "quiet", "link", "bad"]) {
    const [light, dark] = page(name).map(rgb);
    expect(contrast(light!, day), name).toBeGreaterThanOrEqual(4.5);
    expect(contrast(dark!, night), name).toBeGreaterThanOrEqual(4.5);
  }
});

test("letters of tables that are made paler have 4.5:1, in JupyterLab and on pages", () => {
  const table = new Table([{ name: "a", type: "VARCHAR", numeric: false }], [[null], [""], [
    false,
  ]]);
  const opacities = [...htmlTable(table).matchAll(/opacity:([\d.]+)/g)].map((one) =>
    Number(one[1])
  );
  expect(opacities.length).toBeGreaterThan(3);
  const [light, dark] = page("text").map(rgb);
  for (const [ground, ink] of [...JUPYTER, [day, light!], [night, dark!]] as [Colour, Colour][]) {
    for (const opacity of opacities) {
      expect(contrast(over(ink, ground, opacity), ground)).toBeGreaterThanOrEqual(4.5);
    }
  }
});

test("pages and JupyterLab have one palette, in one order", () => {
  expect(/--series: ([^;]+);/.exec(css)![1]!.split(" ")).toEqual(PALETTE);
  const { figure } = barChart(Table.from([{ a: "x", b: 1 }]), { label: "a", value: "b" }, {
    title: "",
  });
  expect(figure.layout["template"]).toMatchObject({ layout: { colorway: PALETTE } });
  expect(figure.data[0]).toMatchObject({ marker: { color: PALETTE[0] } });
});

describe("Any two colours of the palette are told apart", () => {
  /** Machado, Oliveira and Fernandes (2009), "A Physiologically-based Model …", severity 1.0. */
  const SEEN: Record<string, number[][]> = {
    "by all": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "without red": [
      [0.152286, 1.052583, -0.204868],
      [0.114503, 0.786281, 0.099216],
      [-0.003882, -0.048116, 1.051998],
    ],
    "without green": [
      [0.367322, 0.860646, -0.227968],
      [0.280085, 0.672501, 0.047413],
      [-0.01182, 0.04294, 0.968881],
    ],
    "without blue": [
      [1.255528, -0.076749, -0.178779],
      [-0.078411, 0.930809, 0.147602],
      [0.004733, 0.691367, 0.3039],
    ],
  };
  /** CIE L*a*b* with the white of D65. */
  const lab = (colour: Colour, seen: number[][]) => {
    const own = linear(colour);
    const [r, g, b] = seen.map((row) =>
      Math.min(1, Math.max(0, row.reduce((sum, one, at) => sum + one * own[at]!, 0)))
    ) as unknown as Colour;
    const f = (t: number) => t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 * t + 16) / 116;
    const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
    const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
    const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  };

  test.each(Object.entries(SEEN))("%s", (_, seen) => {
    const labs = PALETTE.map((one) => lab(rgb(one), seen));
    for (const [at, one] of labs.entries()) {
      for (const other of labs.slice(0, at)) {
        const apart = Math.hypot(...one.map((value, axis) => value - other[axis]!));
        expect(apart, `${PALETTE[at]}`).toBeGreaterThan(14);
      }
    }
  });
});
