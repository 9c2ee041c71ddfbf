import { expect, test } from "vitest";
import { pageOf } from "./page_reader.ts";
import { markdown, notebook, ramp } from "./sample.ts";

const prose = async (source: string, attachments = {}) => {
  const cell = { ...markdown(source), attachments };
  return (await pageOf(notebook(cell))).querySelector(".prose")!;
};

test("Tables, lists of tasks and fenced code are those of GitHub", async () => {
  const html = await prose(
    "| a | b |\n|---|--:|\n| 1 | **2** |\n\n- [x] done\n\n```ts\nlet a;\n```",
  );
  expect(html.querySelector(".wide td.right strong")!.textContent).toBe("2");
  expect(html.querySelector("li input")!.hasAttribute("checked")).toBe(true);
  expect(html.querySelector("pre .hljs-keyword")!.textContent).toBe("let");
});

test("Dollars around a formula make MathML, dollars before a price do not", async () => {
  const html = await prose("From $5 to $10, $x^2$ and `$y$`, \\$z$.\n\n$$\n\\frac{1}{2}\n$$\n");
  expect(html.querySelectorAll("math")).toHaveLength(2);
  expect(html.querySelector("math[display=block] mfrac")).not.toBeNull();
  expect(html.textContent).toContain("From $5 to $10, ");
  expect(html.querySelector("code")!.textContent).toBe("$y$");
});

test("What is no TeX is shown as written, with what is wrong", async () => {
  const bad = (await prose("$\\nonsense{<b>}$")).querySelector(".bad-math")!;
  expect(bad.textContent).toBe("\\nonsense{<b>}");
  expect(bad.getAttribute("title")).toMatch(/ndefined control sequence/);
});

test("A tag in Markdown is text, a comment is nothing", async () => {
  const html = await prose("a <b onclick=x>c</b> <!-- hidden -->\n\n<div>\nd\n</div>");
  expect(html.querySelector("b, div")).toBeNull();
  expect(html.textContent).toContain("<b onclick=x>c</b>");
  expect(html.textContent).not.toContain("hidden");
});

test("Links lead to web pages, neighbours and headings, and nowhere else", async () => {
  const html = await prose(
    "[a](https://x.org/?a=1&amp;b=2) [b](#My-Heading) [c](other.html) [d](javascript:alert(1)) " +
      "[e](JaVaScRiPt&#58;alert(1)) [f](data:text/html,x) [g](//evil.org/x) [h](vbscript:x) [i](\\\\evil)",
  );
  expect([...html.querySelectorAll("a")].map((one) => one.getAttribute("href")))
    .toEqual(["https://x.org/?a=1&b=2", "#my-heading", "other.html"]);
  expect(html.textContent).toContain("d (javascript:alert(1))");
});

test("A picture is in the notebook, or a link: the page loads nothing", async () => {
  const png = ramp(2, 2);
  const html = await prose("![here](attachment:a.png) ![there](https://x.org/a.png)", {
    "a.png": { "image/png": png },
  });
  expect([...html.querySelectorAll("img")].map((one) => one.getAttribute("src")))
    .toEqual([`data:image/png;base64,${png}`]);
  expect(html.querySelector("a")!.textContent).toBe("there");
});
