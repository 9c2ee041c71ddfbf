// Runs in the reader's browser: unpacks plotly.js, draws the figures of the page, and keeps them in its colours.
(async () => {
  const stills = [...document.querySelectorAll("script.figure")].map((script) => {
    const figure = script.closest("figure");
    const details = figure.querySelector("details.data");
    if (details) details.open = false;
    return { json: script.textContent, figure, details };
  });
  const failed = ({ figure, details }, why) => {
    const note = document.createElement("p");
    note.className = "note";
    note.textContent = `This chart could not be drawn: ${why}`;
    figure.prepend(note);
    if (details) details.open = true;
  };

  /** Traces with a scale of colours, which without a word from us would be red to blue. */
  const SCALED = ["heatmap", "contour", "histogram2d", "histogram2dcontour", "surface"];
  let Plotly;
  try {
    Plotly = await unpacked();
  } catch (error) {
    for (const one of stills) failed(one, error.message);
    return;
  }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const config = {
    responsive: true,
    displaylogo: false,
    // On a narrow page it would lie over the legend; what it does, fingers do there.
    displayModeBar: innerWidth < 640 ? false : "hover",
    showLink: false,
    showSendToCloud: false,
    plotlyServerURL: "",
    typesetMath: false, // what stands between two dollars is text, too
    modeBarButtonsToRemove: ["sendDataToCloud", "editInChartStudio", "lasso2d", "select2d"],
  };
  for (const one of stills) {
    try {
      await draw(one);
    } catch (error) {
      failed(one, error.message);
    }
  }
  dark.addEventListener(
    "change",
    () => stills.filter((one) => one.drawn).forEach((one) => draw(one)),
  );
  // Paper is light and narrower than a screen, and has no time for a chart to notice.
  addEventListener("beforeprint", () => {
    document.documentElement.dataset.paper = "";
    stills.filter((one) => one.drawn).forEach((one) => draw(one, 640));
  });
  addEventListener("afterprint", () => {
    delete document.documentElement.dataset.paper;
    stills.filter((one) => one.drawn).forEach((one) => draw(one));
  });
  document.documentElement.dataset.charts = "drawn";

  async function unpacked() {
    const packed = document.querySelector("script.plotly").textContent;
    const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(stream).text();
    document.head.append(script); // the page's policy knows its hash
    if (!globalThis.Plotly?.react) throw new Error("plotly.js did not start");
    return globalThis.Plotly;
  }

  async function draw(one, width) {
    const { data, layout } = JSON.parse(one.json); // anew, for plotly.js keeps and changes what it gets
    const canvas = one.figure.querySelector(".canvas");
    canvas.hidden = false;
    one.figure.querySelector(".still").hidden = true;
    try {
      await Plotly.react(canvas, data, {
        ...layout,
        autosize: width === undefined,
        ...(width === undefined ? {} : { width }),
        uirevision: "kept", // what the reader zoomed and hid survives new colours
        template: merged(layout.template ?? {}, house()),
      }, config);
      const unknown = data.find(({ type }, at) => type && canvas._fullData[at]?.type !== type);
      // plotly.js draws a scatter plot in its place and says nothing.
      if (unknown) throw new Error(`plotly.js does not know traces of type "${unknown.type}"`);
    } catch (error) {
      canvas.hidden = true;
      one.figure.querySelector(".still").hidden = false;
      throw error;
    }
    one.drawn = true;
  }

  /** The page's colours as a template: what a figure says itself goes before it. */
  function house() {
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue(`--${name}`).trim();
    const line = {
      gridcolor: color("rule"),
      linecolor: color("quiet"),
      zerolinecolor: color("rule"),
    };
    const axis = {
      ...line,
      automargin: true,
      tickcolor: color("quiet"),
      ticklabelstandoff: 4,
      title: { font: { size: 13 } },
      zerolinewidth: 1,
    };
    const scene = { ...line, backgroundcolor: "rgba(0,0,0,0)", showbackground: false };
    const hidden = "rgba(0,0,0,0)";
    return {
      layout: {
        paper_bgcolor: color("page"), // not clear: plotly.js chooses the ink of some traces by it
        plot_bgcolor: hidden,
        font: { color: color("text"), family: style.getPropertyValue("font-family"), size: 13 },
        colorway: color("series").split(" "),
        colorscale: { sequential: "Viridis", sequentialminus: "Viridis" },
        hoverlabel: {
          bgcolor: color("page"),
          bordercolor: color("rule"),
          font: { color: color("text") },
        },
        legend: {
          bgcolor: hidden,
          orientation: "h",
          x: 0,
          y: 1,
          yref: "container",
          yanchor: "top",
        },
        margin: { l: 56, r: 16, t: 32, b: 48 },
        modebar: { bgcolor: hidden, color: color("quiet"), activecolor: color("text") },
        xaxis: axis,
        yaxis: axis,
        polar: { bgcolor: hidden, angularaxis: line, radialaxis: line },
        ternary: { bgcolor: hidden, aaxis: line, baxis: line, caxis: line },
        scene: { bgcolor: hidden, xaxis: scene, yaxis: scene, zaxis: scene },
      },
      data: {
        ...Object.fromEntries(
          SCALED.map((type) => [type, [{ colorscale: "Viridis", colorbar: { outlinewidth: 0 } }]]),
        ),
        table: [{
          header: { fill: { color: color("shade") }, line: { color: color("rule") } },
          cells: { fill: { color: hidden }, line: { color: color("rule") } },
        }],
      },
    };
  }

  function merged(below, above) {
    const both = { ...below };
    for (const [key, value] of Object.entries(above)) {
      const objects = value?.constructor === Object && below[key]?.constructor === Object;
      both[key] = objects ? merged(below[key], value) : value;
    }
    return both;
  }
})();
