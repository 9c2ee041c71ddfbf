// Runs in a page of a report, in a test: what somebody who looks at it sees. Each function says what is wrong, in words.
({
  /** Charts without a mark of some size inside their picture. */
  charts() {
    return [...document.querySelectorAll("figure.chart")].flatMap((figure, at) => {
      const name = `chart ${at + 1} (${figure.textContent.trim().slice(0, 40)})`;
      const canvas = figure.querySelector(".canvas");
      const svg = canvas?.querySelector("svg.main-svg");
      if (!svg) return [`${name} is not drawn`];
      const frame = svg.getBoundingClientRect();
      const marks = [
        ...canvas.querySelectorAll(
          ".mlayer :is(path, image, circle, rect), .gl-canvas",
        ),
      ].filter((mark) => {
        const { left, right, top, bottom, width, height } = mark.getBoundingClientRect();
        return width + height > 1 && left < frame.right && right > frame.left &&
          top < frame.bottom && bottom > frame.top;
      });
      return marks.length > 0 ? [] : [`${name} is empty`];
    });
  },

  /** Pictures in which there is nothing to see, or a text that stands outside of them. */
  pictures() {
    return [...document.querySelectorAll(".picture")].flatMap((picture, at) => {
      const drawing = picture.querySelector("svg, img");
      const { width, height } = drawing?.getBoundingClientRect() ?? { width: 0, height: 0 };
      const shapes = drawing?.localName === "img"
        ? drawing.naturalWidth
        : [...drawing?.querySelectorAll("path, circle, rect, line, polygon, text") ?? []]
          .filter((one) =>
            one.getBoundingClientRect().width + one.getBoundingClientRect().height > 1
          )
          .length;
      return width > 50 && height > 20 && shapes > 2 ? [] : [`picture ${at + 1} is empty`];
    });
  },

  /** What makes the page wider than its window. */
  overflow() {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth <= clientWidth ? [] : [`${scrollWidth} of ${clientWidth} pixels`];
  },

  /** Texts whose contrast to what is behind them is below 4.5 (WCAG 2, AA), each colour once. */
  faint() {
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const known = new Map();
    const rgba = (color) => {
      if (!known.has(color)) known.set(color, drawn(color));
      return known.get(color);
    };
    const drawn = (color) => {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = color;
      context.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
      return [red, green, blue, alpha / 255];
    };
    const over = ([r, g, b, a], below) =>
      [r, g, b].map((one, at) => one * a + below[at] * (1 - a)).concat(1);
    const luminance = (color) => {
      const [red, green, blue] = color.slice(0, 3).map((one) => {
        const share = one / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const found = new Map();
    for (const element of document.querySelectorAll("body, body :not(svg, svg *, script, style)")) {
      const text = [...element.childNodes].filter(({ nodeType }) => nodeType === 3)
        .map(({ textContent }) => textContent).join("").trim();
      if (text === "" || !element.checkVisibility()) continue;
      const above = [];
      let opacity = 1;
      for (let one = element; one; one = one.parentElement) {
        above.push(rgba(getComputedStyle(one).backgroundColor));
        opacity *= Number(getComputedStyle(one).opacity);
      }
      const dark = matchMedia("(prefers-color-scheme: dark)").matches;
      const canvas = dark ? [18, 18, 18, 1] : [255, 255, 255, 1];
      const behind = above.reverse().reduce((below, one) => over(one, below), canvas);
      const [red, green, blue, alpha] = rgba(getComputedStyle(element).color);
      const ink = over([red, green, blue, alpha * opacity], behind);
      const [light, dim] = [luminance(ink), luminance(behind)].sort((a, b) => b - a);
      const contrast = (light + 0.05) / (dim + 0.05);
      if (contrast < 4.5) {
        const what = `${element.localName}.${element.className} ${contrast.toFixed(1)}`;
        if (!found.has(what)) found.set(what, text.slice(0, 40));
      }
    }
    return [...found].map(([what, text]) => `${what}: ${text}`);
  },

  /** Tables, charts and pictures that end beyond the paper. */
  cut() {
    const { right } = document.body.getBoundingClientRect();
    return [...document.querySelectorAll("main :is(table, svg, pre), footer table")]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > right + 2)
      .map((one) =>
        `${one.localName} ends ${
          Math.round(one.getBoundingClientRect().right - right)
        } px beyond: ` +
        one.textContent.trim().slice(0, 40)
      );
  },

  /** Whether a script that somebody has put onto the page runs. */
  letsScriptsIn() {
    const script = document.createElement("script");
    script.textContent = "globalThis.letIn = true";
    document.body.append(script);
    const button = document.createElement("p");
    button.setAttribute("onclick", "globalThis.letIn = true");
    document.body.append(button);
    button.click();
    return globalThis.letIn === true;
  },
});
