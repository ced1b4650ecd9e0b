
"use strict";
(() => {
  const tests = JSON.parse(document.getElementById("data").textContent);
  const ROW = 24, AXIS = 24, CHUNK = 100;
  const MARKS = {
    SUCCEEDED: ["✓", "good"], FAILED: ["✗", "bad"], TIMEOUT: ["✗ TIMEOUT", "bad"],
    ERROR: ["✗ ERROR", "bad"], EXPIRED: ["✗ EXPIRED", "bad"], STOPPED: ["■ STOPPED", "other"],
  };
  const HEIGHTS = { WAITING: 8, STARTING: 8, RUNNING: 16, STOPPING: 5 };
  const STEPS = [
    1, 2, 5, 10, 20, 50, 100, 200, 500,
    ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400]
      .map((seconds) => seconds * 1000),
  ];
  const UNITS = [["d", 86400000], ["h", 3600000], ["m", 60000]];

  // Text is set as text only, never as HTML: names and arguments belong to whoever wrote the test.
  function element(name, attributes = {}, ...children) {
    return filled(document.createElement(name), attributes, children);
  }

  function drawn(name, attributes = {}, ...children) {
    return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
  }

  function filled(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  function duration(milliseconds) {
    let text = "", rest = milliseconds;
    for (const [unit, size] of UNITS) {
      const count = Math.floor(rest / size);
      rest -= count * size;
      if (count) text += count + unit;
    }
    return rest || !text ? text + rest / 1000 + "s" : text;
  }

  function moment(epoch) {
    const text = new Date(epoch).toISOString().replace("T", " ").slice(0, -1);
    return text.endsWith(".000") ? text.slice(0, -4) : text;
  }

  // A run as it is in the data, by names.
  function parsed(test) {
    return (test.runs || []).map(([job, id, begin, given, steps]) => {
      const [last, state, error] = steps[steps.length - 1];
      const ended = state in MARKS;
      return {
        job, id, begin, given, steps, state, ended,
        label: `${job} ${id}`,
        error: error || "",
        end: ended ? begin + last : Math.max(test.now, begin + last),
        parameters: Object.entries(given).map(([name, value]) => `${name}=${value}`),
      };
    });
  }

  function counts(runs) {
    const states = new Map();
    for (const { state } of runs) states.set(state, (states.get(state) || 0) + 1);
    const listed = [...states].map(([state, count]) => `${count} ${state}`).join(", ");
    return `${runs.length} ${runs.length === 1 ? "run" : "runs"}${listed ? `: ${listed}` : ""}`;
  }

  function kind(outcome) {
    if (outcome === "failed" || outcome === "error") return "bad";
    return outcome === "passed" ? "good" : "other";
  }

  function words() {
    return document.getElementById("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  }

  function contains(text, wanted) {
    return wanted.every((word) => text.includes(word));
  }

  function searchable(run) {
    run.text ??= [run.label, run.state, ...run.parameters, ...run.steps.map((step) => step[2] || "")]
      .join(" ").toLowerCase();
    return run.text;
  }

  class Test {
    constructor(test) {
      this.test = test;
      this.runs = parsed(test);
      this.zoom = 1;
      this.limit = CHUNK;
      this.selected = null;
      this.node = element(
        "details", { class: "test" },
        element(
          "summary", {},
          element("span", { class: `outcome ${kind(test.outcome)}` }, test.outcome),
          element("span", { class: "name" }, test.name),
          element("span", { class: "counts" }, counts(this.runs)),
        ),
      );
      this.node.addEventListener("toggle", () => this.node.open && this.show());
    }

    // What is searched: the name and the outcome, or a run. Returns the runs that are found.
    find(wanted) {
      if (contains(`${this.test.name} ${this.test.outcome}`.toLowerCase(), wanted)) return this.runs;
      return this.runs.filter((run) =>
        contains(`${this.test.name.toLowerCase()} ${searchable(run)}`, wanted));
    }

    matches(wanted, outcome) {
      if (outcome && outcome !== this.test.outcome) return false;
      const name = `${this.test.name} ${this.test.outcome}`.toLowerCase();
      return contains(name, wanted) || this.find(wanted).length > 0;
    }

    // A test is drawn when it is opened: a page has thousands.
    show() {
      this.content?.remove();
      this.content = element("div", { class: "content" });
      this.node.append(this.content);
      if (this.test.problem) {
        this.content.append(element("p", {}, this.test.problem));
        return;
      }
      this.found = this.find(words());
      this.content.append(element("p", { class: "sentence" }, this.test.time));
      if (this.found.length) this.showRuns();
      for (const [title, lines] of [...this.test.before, ...this.test.after]) {
        this.content.append(
          element("h2", {}, title.replace(/:$/, "")),
          element("ul", { class: "lines", tabindex: 0, "aria-label": title },
            ...lines.map((line) => element("li", {}, line))),
        );
      }
    }

    showRuns() {
      this.chart = element("div", { class: "chart" });
      this.details = element("div", { class: "details", "aria-live": "polite" });
      this.table = element("div", { class: "wide", tabindex: 0, role: "region", "aria-label": "Runs" });
      const zoom = (text, label, change) => {
        const button = element("button", { type: "button", "aria-label": label }, text);
        button.addEventListener("click", () => this.setZoom(change(this.zoom)));
        return button;
      };
      this.more = element("button", { type: "button", class: "more" });
      this.more.addEventListener("click", () => {
        this.limit += CHUNK;
        this.draw();
      });
      this.content.append(
        element(
          "div", { class: "tools" },
          element(
            "div", { class: "zoom", role: "group", "aria-label": "Zoom of the timeline" },
            zoom("−", "Zoom out", (now) => now / 2),
            zoom("+", "Zoom in", (now) => now * 2),
            zoom("Fit", "Show the whole timeline", () => 1),
          ),
          this.legend(),
        ),
        this.chart, this.details, this.more,
        element("h2", {}, "Runs"), this.table,
      );
      this.draw();
    }

    legend() {
      const states = new Set(this.runs.flatMap((run) => run.steps.map((step) => step[1])));
      const items = Object.keys(HEIGHTS).filter((state) => states.has(state)).map((state) => {
        const height = HEIGHTS[state];
        const sample = drawn("rect", { class: state, x: 1, y: 8.5 - height / 2, width: 20, height });
        const svg = drawn("svg", { width: 22, height: 17, "aria-hidden": true }, sample);
        return element("li", {}, svg, state);
      });
      for (const [state, [mark, look]] of Object.entries(MARKS)) {
        if (states.has(state)) {
          items.push(element("li", {}, element("span", { class: look }, mark[0]), state));
        }
      }
      if (this.runs.some((run) => !run.ended)) items.push(element("li", {}, "▶ not ended"));
      return element("ul", { class: "legend", "aria-label": "Legend" }, ...items);
    }

    setZoom(zoom) {
      const scroll = this.chart.querySelector(".scroll");
      const middle = (scroll.scrollLeft + scroll.clientWidth / 2) / scroll.scrollWidth;
      this.zoom = Math.min(Math.max(zoom, 1), 1024);
      this.drawChart();
      scroll.scrollLeft = middle * scroll.scrollWidth - scroll.clientWidth / 2;
    }

    draw() {
      const shown = this.found.slice(0, this.limit);
      const labels = element("div", { class: "labels" });
      for (const run of shown) {
        const button = element("button", { type: "button", title: run.label, "aria-pressed": false });
        button.append(run.label);
        button.addEventListener("click", () => this.select(run));
        labels.append(button);
      }
      this.chart.replaceChildren(labels, element("div", { class: "scroll", tabindex: 0, role: "region",
        "aria-label": "Timeline" }));
      this.drawTable(shown);
      this.drawChart();
      const left = this.found.length - shown.length;
      this.more.hidden = left <= 0;
      this.more.textContent = `Show ${Math.min(left, CHUNK)} more of ${left} runs`;
    }

    drawChart() {
      const shown = this.found.slice(0, this.limit);
      const scroll = this.chart.querySelector(".scroll");
      const begin = Math.min(...shown.map((run) => run.begin));
      const span = Math.max(...shown.map((run) => run.end)) - begin;
      // Room for the mark of the last run.
      const edge = shown.some((run) => (MARKS[run.state] || "▶")[0].length > 1) ? 96 : 32;
      const room = Math.max(scroll.clientWidth, 160) - edge;
      const scale = (room * this.zoom) / (span || 1);
      const x = (at) => 8 + (at - begin) * scale;
      const width = x(begin + span) + edge - 8, height = AXIS + shown.length * ROW;
      const svg = drawn("svg", {
        width, height, role: "img",
        "aria-label": `Timeline of ${counts(shown)}. The table below has the same data.`,
      });
      svg.append(...this.ticks(begin, span, scale, x, width, height));
      shown.forEach((run, index) => {
        const row = this.row(run, AXIS + index * ROW, x, width);
        row.addEventListener("click", () => this.select(run));
        svg.append(row);
      });
      scroll.replaceChildren(svg);
      this.mark();
    }

    ticks(begin, span, scale, x, width, height) {
      const wanted = 80 / scale;
      const step = STEPS.find((one) => one >= wanted) || Math.ceil(wanted / 86400000) * 86400000;
      const nodes = [];
      for (let at = 0; at <= span; at += step) {
        const left = x(begin + at), text = at ? `+${duration(at)}` : "0s";
        nodes.push(drawn("line", { class: "tick", x1: left, x2: left, y1: 4, y2: height }));
        if (left + 7 * text.length < width) {
          nodes.push(drawn("text", { class: "time", x: left + 4, y: 16 }, text));
        }
      }
      return nodes;
    }

    row(run, top, x, width) {
      const group = drawn("g", { class: "run" });
      group.append(
        drawn("title", {}, `${run.label}: ${run.state} after ${duration(run.end - run.begin)}`),
        drawn("rect", { class: "row", x: 0, y: top, width, height: ROW }),
      );
      run.steps.forEach(([at, state], index) => {
        if (!(state in HEIGHTS)) return;
        const next = run.steps[index + 1];
        const from = x(run.begin + at), to = x(next ? run.begin + next[0] : run.end);
        const height = HEIGHTS[state];
        group.append(drawn("rect", {
          class: state, x: from, y: top + (ROW - height) / 2, width: Math.max(to - from, 1.5), height,
        }));
      });
      const [mark, look] = MARKS[run.state] || ["▶", ""];
      group.append(drawn("text", { class: look, x: x(run.end) + 5, y: top + 16 }, mark));
      return group;
    }

    drawTable(shown) {
      const titles = ["Job", "Run", "State", "Started (UTC)", "Duration", "Arguments", "Error"];
      const rows = shown.map((run) => element(
        "tr", {},
        element("th", { scope: "row", class: "mono" }, run.job),
        element("td", { class: "mono nowrap" }, run.id),
        element("td", { class: (MARKS[run.state] || ["", ""])[1] }, run.state),
        element("td", { class: "nowrap" }, moment(this.test.epoch + run.begin)),
        element("td", {}, duration(run.end - run.begin)),
        element("td", { class: "mono" }, ...run.parameters.flatMap((text) =>
          [element("span", { class: "argument" }, text), " "])),
        element("td", { class: "error" }, run.ended ? run.error : ""),
      ));
      this.table.replaceChildren(element(
        "table", {},
        element("caption", {}, `Runs of ${this.test.name}`),
        element("thead", {}, element("tr", {},
          ...titles.map((title) => element("th", { scope: "col" }, title)))),
        element("tbody", {}, ...rows),
      ));
    }

    select(run) {
      this.selected = this.selected === run ? null : run;
      this.mark();
      this.details.replaceChildren();
      if (!this.selected) return;
      const list = element("dl");
      for (const [at, state, detail] of run.steps) {
        list.append(
          element("dt", {}, `${moment(this.test.epoch + run.begin + at)}  (+${duration(at)})`),
          element("dd", {}, detail ? `${state}: ${detail}` : state),
        );
      }
      for (const [name, value] of Object.entries(run.given)) {
        list.append(element("dt", { class: "mono" }, name), element("dd", { class: "mono" }, value));
      }
      const length = duration(run.end - run.begin);
      this.details.append(element("h3", {}, `${run.label}: ${run.state} after ${length}`), list);
    }

    mark() {
      const index = this.found.indexOf(this.selected);
      const each = (selector, change) => this.content.querySelectorAll(selector).forEach(change);
      each(".labels button", (node, at) => node.setAttribute("aria-pressed", at === index));
      each("g.run", (node, at) => node.classList.toggle("selected", at === index));
      each("tbody tr", (node, at) => node.classList.toggle("selected", at === index));
    }
  }

  const views = tests.map((test) => new Test(test));
  const list = document.getElementById("tests");
  const outcome = document.getElementById("outcome");
  const found = document.getElementById("found");

  function search() {
    const wanted = words();
    const shown = views.filter((view) => {
      const match = view.matches(wanted, outcome.value);
      view.node.hidden = !match;
      if (match && view.node.open) view.show();
      return match;
    });
    const filtered = wanted.length || outcome.value;
    found.textContent = filtered ? `${shown.length} of ${views.length} tests` : "";
  }

  function plural(count, noun) {
    return `${count} ${noun}${count === 1 ? "" : "s"}`;
  }

  const outcomes = new Map();
  for (const { test } of views) outcomes.set(test.outcome, (outcomes.get(test.outcome) || 0) + 1);
  for (const [name, count] of outcomes) {
    outcome.append(element("option", { value: name }, `${name} (${count})`));
  }
  const runs = views.reduce((sum, view) => sum + view.runs.length + (view.test.left_out || 0), 0);
  document.getElementById("totals").textContent = [
    plural(views.length, "test"), ...[...outcomes].map(([name, count]) => `${count} ${name}`),
    plural(runs, "run"),
  ].join(" · ");

  // Those that failed come first, and the first of them is open.
  const order = ["bad", "other", "good"];
  views.sort((a, b) => order.indexOf(kind(a.test.outcome)) - order.indexOf(kind(b.test.outcome)));
  list.append(...views.map((view) => view.node));
  if (views.length && (views.length === 1 || kind(views[0].test.outcome) === "bad")) {
    views[0].node.open = true;
  }

  document.getElementById("search").addEventListener("input", search);
  outcome.addEventListener("change", search);
  document.getElementById("filters").addEventListener("submit", (event) => event.preventDefault());

  const theme = document.getElementById("theme");
  const root = document.documentElement;
  function setTheme(dark) {
    root.dataset.theme = dark ? "dark" : "light";
    theme.setAttribute("aria-pressed", dark);
  }
  theme.addEventListener("click", () => setTheme(root.dataset.theme !== "dark"));
  const system = matchMedia("(prefers-color-scheme: dark)");
  theme.setAttribute("aria-pressed", system.matches);
  if (system.matches) setTheme(true);

  let timer = 0;
  addEventListener("resize", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      for (const view of views) if (view.node.open && view.found?.length) view.drawChart();
    }, 100);
  });
})();
