import { expect, test } from "vitest";
import { element, path, shortened, svgText } from "../../src/notebook/svg.ts";

test("text stays text: markup is escaped, and what XML cannot say is shown as its code", () => {
  expect(svgText(`<b a="1">&'`)).toBe("&lt;b a=&quot;1&quot;&gt;&amp;&#39;");
  expect(svgText("a\u0000\n\u202eb")).toBe("a\\u{0}\\u{a}\\u{202e}b");
  expect(svgText("a\ud800\uffff")).toBe("a\ufffd\ufffd");
});

test("what is too long ends with an ellipsis, and no character is cut in two", () => {
  expect(shortened("performance", 12)).toBe("performance");
  expect(shortened("performance", 5)).toBe("perf…");
  expect(shortened("😀😀😀", 2)).toBe("😀…");
});

test("an element has its attributes as text, and numbers to a tenth of a pixel", () => {
  expect(element("rect", { x: 1.26, fill: `"<` })).toBe(`<rect x="1.3" fill="&quot;&lt;"/>`);
  expect(element("g", {}, "<a/>", "<b/>")).toBe("<g><a/><b/></g>");
});

test("a path goes from place to place, and back to the first where it is closed", () => {
  const line = [[0, 0], [1.04, -0.01]] as const;
  expect(path([line, line], false)).toBe("M0 0L1 0M0 0L1 0");
  expect(path([line], true)).toBe("M0 0L1 0Z");
});
