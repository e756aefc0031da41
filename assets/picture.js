/* Saves the figure of a card as a PNG: charts through Plotly, everything else drawn from its own HTML and styles. */
(function () {
  "use strict";
  const SCALE = 2;
  const HEADING = 48;

  function value(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }

  function download(address, name) {
    const link = document.createElement("a");
    link.href = address;
    link.download = name + ".png";
    link.click();
  }

  async function saveChart(chart, card, name) {
    const box = chart.getBoundingClientRect();
    const heading = [card.querySelector("h2"), card.querySelector(".unit")].map((line) => line.textContent.trim());
    const layout = structuredClone(chart.layout);
    const margin = { ...layout.template.layout.margin, ...layout.margin };
    const width = Math.round(box.width), height = Math.round(box.height) + HEADING;
    const drawn = await window.Plotly.toImage({
      data: chart.data,
      layout: {
        ...layout,
        paper_bgcolor: value("--background"),
        plot_bgcolor: value("--background"),
        margin: { ...margin, t: margin.t + HEADING },
        title: {
          text: "<b>" + heading[0] + "</b><br><span style='font-size:12px'>" + heading[1] + "</span>",
          font: { size: 14, color: value("--text") }, x: 0, xref: "paper", xanchor: "left",
          y: 1 - 16 / height, yref: "container", yanchor: "top",
        },
      },
    }, { format: "svg", width, height });
    const svg = decodeURIComponent(drawn.slice(drawn.indexOf(",") + 1));
    const style = "<style>" + (await ownStyles((rule) => rule instanceof CSSFontFaceRule)) + "</style>";
    await saveSvg(svg.replace(/(<svg[^>]*>)/, "$1" + style), width, height, name);
  }

  /* Rules of our own style sheets with the fonts inside: a picture may not load anything. */
  async function ownStyles(wanted) {
    const texts = [];
    for (const sheet of document.styleSheets) {
      if (!sheet.href || !sheet.href.startsWith(location.origin + "/assets/")) { continue; }
      texts.push(await written([...sheet.cssRules].filter(wanted), sheet.href));
    }
    return texts.join("\n");
  }

  /* A picture is a small window of its own: what holds for ours is decided here, once. */
  async function written(rules, base) {
    const texts = [];
    for (const rule of rules) {
      if (rule instanceof CSSMediaRule) {
        if (window.matchMedia(rule.conditionText).matches) { texts.push(await written(rule.cssRules, base)); }
      } else {
        texts.push(rule instanceof CSSFontFaceRule ? await withFont(rule, base) : rule.cssText);
      }
    }
    return texts.join("\n");
  }

  async function withFont(rule, base) {
    const found = rule.cssText.match(/url\("?([^")]+)"?\)/);
    if (!found) { return rule.cssText; }
    const file = await (await fetch(new URL(found[1], base))).blob();
    const address = await new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.readAsDataURL(file);
    });
    return rule.cssText.replace(found[0], "url(" + address + ")");
  }

  async function saveHtml(card, name) {
    const box = card.getBoundingClientRect();
    const copy = card.cloneNode(true);
    copy.querySelectorAll(".act, .def").forEach((part) => part.remove());
    copy.style.width = box.width + "px";
    const page = document.createElement("div");
    page.setAttribute("xmlns", "http://www.w3.org/1999/xhtml");
    const style = document.createElement("style");
    style.textContent = await ownStyles(() => true);
    const body = document.createElement("div");
    body.className = "picture";
    body.append(copy);
    page.append(style, body);
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="' + box.width + '" height="' + box.height + '">' +
      '<foreignObject width="100%" height="100%">' + new XMLSerializer().serializeToString(page) + "</foreignObject></svg>";
    await saveSvg(svg, box.width, box.height, name);
  }

  async function saveSvg(svg, width, height, name) {
    const image = new Image();
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg);
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * SCALE);
    canvas.height = Math.round(height * SCALE);
    const pen = canvas.getContext("2d");
    pen.fillStyle = value("--background");
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.scale(SCALE, SCALE);
    pen.drawImage(image, 0, 0, width, height);
    download(canvas.toDataURL("image/png"), name);
  }

  window.trafficPicture = {
    save(card, name) {
      const chart = card.querySelector(".js-plotly-plot");
      return chart ? saveChart(chart, card, name) : saveHtml(card, name);
    },
  };
})();
