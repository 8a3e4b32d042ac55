"use strict";
const report = JSON.parse(document.getElementById("report").textContent);
const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 560, HEIGHT = 210, LEFT = 62, BOTTOM = 24, TOP = 8;

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function shape(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

function digits(number) {
  const size = Math.abs(number);
  return number.toFixed(size === 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

function scaled(number, step, units) {
  let unit = 0;
  while (unit + 1 < units.length && Math.abs(number) >= step * 0.9995) { number /= step; ++unit; }
  return digits(number) + units[unit];
}

const asTime = ms => ms * 1e6 < 1000 ? `${Math.round(ms * 1e6)} ns`
  : scaled(ms * 1e3, 1000, [" µs", " ms", " s"]);
const asCount = count => Number.isInteger(count) && Math.abs(count) < 1000 ? String(count)
  : scaled(count, 1000, ["", "k", "M", "G"]);
const asBytes = bytes => Math.abs(bytes) < 1024 ? `${Math.round(bytes)} B`
  : scaled(bytes / 1024, 1024, [" KiB", " MiB", " GiB", " TiB"]);
const asCores = cores => `${cores.toFixed(2)} cores`;
const asPercent = share => `${+(share * 100).toPrecision(3)} %`;
const asSeconds = s => `${+s.toFixed(s < 10 ? 2 : s < 100 ? 1 : 0)} s`;

/** A figure of the report's metrics. */
function asFigure(value, unit) {
  if (value === null) return "–";
  const formats = {ms: asTime, us: us => asTime(us / 1e3), bytes: asBytes, cores: asCores,
    share: asPercent, "1/s": rate => `${asCount(rate)}/s`};
  return (formats[unit] || asCount)(value);
}

// Arrays may be longer than the arguments of a call can be.
const leastOf = numbers => numbers.reduce((least, number) => Math.min(least, number), Infinity);
const mostOf = numbers => numbers.reduce((most, number) => Math.max(most, number), -Infinity);

/** Steps of 1, 2 and 5 between the ends. */
function ticks(least, most, count) {
  const rough = (most - least) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find(factor => factor * power >= rough) * power;
  const marks = [];
  for (let at = Math.ceil(least / step) * step; at <= most * 1.0001; at += step) marks.push(at);
  return marks;
}

function logTicks(least, most) {
  const marks = [];
  for (let power = Math.floor(Math.log10(least)); 10 ** power <= most; ++power) {
    if (10 ** power >= least) marks.push(10 ** power);
  }
  return marks.length > 1 ? marks : [least, most];
}

/** Positions on an axis: linear, or logarithmic. */
function axis(least, most, begin, end, isLog) {
  const map = isLog ? Math.log10 : value => value;
  const from = map(least), range = map(most) - from || 1;
  return value => begin + (map(isLog ? Math.max(value, least) : value) - from) / range * (end - begin);
}

/**
 * `series` is [{name, points: [[x, y], ...]}]. `x` and `y` are {format, isLog, marks}; with marks,
 * which are [[position, text], ...], the axis shows those.
 */
function plot(title, series, x, y) {
  series = series.filter(each => each.points.length > 0);
  if (series.length === 0) return;
  const all = series.flatMap(each => each.points);
  const xs = all.map(point => point[0]), ys = all.map(point => point[1]);
  const positive = ys.filter(value => value > 0);
  const mostY = positive.length ? mostOf(positive) : 1;
  const leastPositive = leastOf(positive);
  const isLog = y.isLog && positive.length > 0 && mostY / leastPositive > 20;
  const leastX = leastOf(xs), mostX = mostOf(xs);
  const toX = axis(leastX, leastX === mostX ? leastX + 1 : mostX, LEFT, WIDTH - 8, false);
  const leastY = isLog ? leastPositive : 0;
  const toY = axis(leastY, mostY || 1, HEIGHT - BOTTOM, TOP, isLog);

  const figure = element("figure");
  figure.append(element("h2", title));
  const svg = shape("svg", {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img"});
  svg.append(shape("title", {}, title), shape("desc", {}, series.map(each => each.name).join(", ")));
  const unit = y.isBinary ? 1024 ** Math.floor(Math.log2(mostY || 1) / 10) : 1;
  const even = ticks(0, (mostY || 1) / unit, 4).map(mark => mark * unit);
  for (const mark of isLog ? logTicks(leastY, mostY) : even) {
    svg.append(shape("line", {class: "grid", x1: LEFT, x2: WIDTH - 8, y1: toY(mark), y2: toY(mark)}),
      shape("text", {x: LEFT - 6, y: toY(mark) + 4, "text-anchor": "end"}, y.format(mark)));
  }
  const marks = x.marks || ticks(leastX, mostX, 6).map(mark => [mark, x.format(mark)]);
  for (const [mark, text] of marks) {
    if (mark < leastX || mark > mostX) continue;
    svg.append(shape("text", {x: toX(mark), y: HEIGHT - 6, "text-anchor": "middle"}, text));
  }
  series.forEach((each, index) => {
    // Two curves are often the same: the first shows through the second.
    const dashes = series.length === 2 && index === 1 ? "; stroke-dasharray: 6 4" : "";
    const color = `stroke: var(--c${index % 6})${dashes}`;
    const path = each.points.map(([px, py], at) => `${at ? "L" : "M"}${toX(px).toFixed(1)} ${toY(py).toFixed(1)}`);
    svg.append(shape("path", {class: "curve", style: color, d: path.join("")}));
    if (each.points.length > 1) return;
    svg.append(shape("circle", {cx: toX(each.points[0][0]), cy: toY(each.points[0][1]), r: 3,
      style: `fill: var(--c${index % 6})`}));
  });
  figure.append(svg, legend(svg, series, x, y, toX));
  document.getElementById("plots").append(figure);
}

/** The names; while the pointer is over the plot, with the values there. */
function legend(svg, series, x, y, toX) {
  const list = element("ul", undefined, {class: "legend"});
  const values = series.map((each, index) => {
    const item = element("li");
    const line = element("i");
    line.style.background = `var(--c${index % 6})`;
    const value = element("span");
    item.append(line, `${each.name} `, value);
    list.append(item);
    return value;
  });
  const where = element("li", "", {class: "unit"});
  list.append(where);
  const rule = shape("line", {class: "grid", y1: TOP, y2: HEIGHT - BOTTOM, visibility: "hidden"});
  svg.append(rule);
  const show = event => {
    const box = svg.getBoundingClientRect();
    const pointer = (event.clientX - box.left) * WIDTH / box.width;
    const nearest = points => points.reduce((best, point) =>
      Math.abs(toX(point[0]) - pointer) < Math.abs(toX(best[0]) - pointer) ? point : best);
    series.forEach((each, index) => { values[index].textContent = y.format(nearest(each.points)[1]); });
    const [at] = nearest(series[0].points);
    where.textContent = `at ${x.format(at)}`;
    for (const end of ["x1", "x2"]) rule.setAttribute(end, toX(at));
    rule.setAttribute("visibility", "visible");
  };
  svg.addEventListener("pointermove", show);
  svg.addEventListener("pointerdown", show);
  svg.addEventListener("pointerleave", () => {
    rule.setAttribute("visibility", "hidden");
    for (const value of [...values, where]) value.textContent = "";
  });
  return list;
}

const isProse = cell => typeof cell === "string" && cell.length > 24;

function table(title, head, rows, place = "tables") {
  if (rows.length === 0) return;
  const section = element("section"), scroll = element("div", undefined, {class: "scroll"});
  const made = element("table"), top = element("tr"), body = element("tbody");
  // A column with prose in it is prose from its head on.
  const classes = head.map((name, at) => at && rows.some(row => isProse(row[at])) ? ["text"] : []);
  const styled = (at, more = []) => {
    const all = [...classes[at], ...more];
    return all.length ? {class: all.join(" ")} : {};
  };
  head.forEach((name, at) => top.append(element("th", name, {scope: "col", ...styled(at)})));
  const thead = element("thead");
  thead.append(top);
  for (const row of rows) {
    const line = element("tr");
    row.forEach((cell, at) => line.append(element(at ? "td" : "th", cell,
      at ? styled(at, cell === "no" ? ["no"] : []) : {scope: "row"})));
    body.append(line);
  }
  made.append(thead, body);
  scroll.append(made);
  section.append(element("h2", title), scroll);
  document.getElementById(place).append(section);
}

function tile(name, value) {
  const made = element("div", undefined, {class: "tile"});
  made.append(element("b", value), element("span", name));
  document.getElementById("tiles").append(made);
}

const mainLatency = run => run.latencies.rtt ? "rtt" : run.latencies.delivery ? "delivery" : null;
const overTime = (run, pick) => run.intervals.filter(each => pick(each) !== undefined)
  .map(each => [each.at_s, pick(each)]);

function showTiles(run) {
  const main = run.latencies[mainLatency(run)];
  tile("connections", asCount(run.connections.opened_at_start));
  tile("sent", `${asCount(run.rates.sent)}/s`);
  tile("received", `${asCount(run.rates.received)}/s`);
  if (main) {
    tile(`${mainLatency(run)} p50`, asTime(main.percentiles["50"]));
    tile(`${mainLatency(run)} p99`, asTime(main.percentiles["99"]));
    tile(`${mainLatency(run)} max`, asTime(main.max));
  }
  tile("lost messages", asCount(run.messages.lost));
  tile("failed, lost connections", asCount(run.connections.failed + run.connections.ended));
  if (!run.target) return;
  const cost = run.target.cpu_us_per_operation;
  if (cost > 0) tile("target, per operation", asTime(cost / 1e3));
  tile("target, memory", asBytes(run.target.rss_peak_bytes));
}

function showPlots(run) {
  const time = {format: asSeconds};
  const measured = run.intervals.some(each => each.latency.count > 0);
  if (measured) {
    plot(`${mainLatency(run) || "latency"} over time`, ["p50", "p90", "p99", "p99.9", "max"].map(name =>
      ({name, points: overTime(run, each => each.latency.count ? each.latency[name] : undefined)})),
      time, {format: asTime, isLog: true});
  }
  plot("Messages a second", ["sent", "received"].map(name =>
    ({name, points: overTime(run, each => each[name] / each.length_s)})), time, {format: asCount});
  const main = mainLatency(run);
  const nines = percent => Math.log10(1 / (1 - Math.min(percent, 99.9999) / 100));
  plot("Latency by percentile", Object.entries(run.latencies)
    .filter(([name, latency]) => main && name.startsWith(main) && latency.spectrum)
    .map(([name, latency]) => ({name, points: latency.spectrum.map(([p, ms]) => [nines(p), ms])})),
    {format: at => `p${+(100 - 100 / 10 ** at).toFixed(4)}`,
      marks: [50, 90, 99, 99.9, 99.99, 99.999].map(p => [nines(p), `${p} %`])},
    {format: asTime, isLog: true});
  plot("Connections", [{name: "open", points: overTime(run, each => each.connections)},
    {name: "failed", points: overTime(run, each => each.failed)},
    {name: "lost", points: overTime(run, each => each.ended)}], time, {format: asCount});
  plot("CPU", [{name: "generator", points: overTime(run, each => each.generator.cpu)},
    {name: "target", points: overTime(run, each => each.target && each.target.cpu)}],
    time, {format: asCores});
  plot("Memory of the target", [{name: "resident",
    points: overTime(run, each => each.target && each.target.rss_bytes)}], time,
    {format: asBytes, isBinary: true});
}

const yesOrNo = value => value ? "yes" : "no";

function showSearch({best, trials, for: what}) {
  const unit = what === "rate" ? "/s" : "";
  const name = what === "rate" ? "highest rate" : "most connections";
  table(`Search for the ${name}: ${best ? best + unit : "none holds"}`, ["load", "holds", "why not"],
    trials.map(each => [each.load + unit, yesOrNo(each.holds), each.reason]), "overall");
}

/** Figures of which the medians are shown, if they were measured. */
const REPEATED = ["rate.value", "rtt.p50", "rtt.p99", "rtt.max", "delivery.p50", "delivery.p99",
  "delivery.max", "skew.p99", "recovery.p99", "handshake.p50", "target_cpu.value", "target_rss.value",
  "target_us.value", "loss.count", "errors.count"];

function showMedians() {
  const known = REPEATED.filter(name => report.metrics[name]).map(name => [name, report.metrics[name]]);
  table(`Medians of ${report.runs.length} runs`, ["", "median", "lowest", "highest", "spread"],
    known.map(([name, {unit, median, min, max, spread}]) =>
      [name, ...[median, min, max].map(value => asFigure(value, unit)), asPercent(spread)]), "overall");
}

function showComparison(compared) {
  const title = compared.target_number ? `Server ${compared.target_number} against server 1`
    : `Against ${compared.file}`;
  table(title, ["", "before", "now", "change", "allowed", "holds"], compared.comparisons.map(each =>
    [each.metric, asFigure(each.baseline, each.unit), asFigure(each.value, each.unit),
      each.change === null ? "–" : `${each.change < 0 ? "" : "+"}${(each.change * 100).toFixed(1)} %`,
      each.limit === null ? "–" : asPercent(each.limit),
      each.limit === null ? "–" : yesOrNo(each.ok)]), "overall");
}

/** What is about all runs together. */
function showOverall() {
  if (report.search) showSearch(report.search);
  if (report.runs.length > 1 && !report.comparisons) showMedians();
  table("Thresholds", ["", "value", "met"], (report.thresholds || []).map(each =>
    [`${each.expression}${report.runs.length > 1 ? ` (run ${each.run})` : ""}`, each.text,
      yesOrNo(each.ok)]), "overall");
  for (const each of [...report.baseline ? [report.baseline] : [], ...report.comparisons || []]) {
    showComparison(each);
  }
}

function showTables(run) {
  const percents = ["50", "75", "90", "95", "99", "99.9", "99.99", "99.999"];
  table("Latencies", ["", ...percents.map(p => `p${p}`), "max", "avg", "count"],
    Object.entries(run.latencies).map(([name, latency]) => [name,
      ...percents.map(p => asTime(latency.percentiles[p])), asTime(latency.max), asTime(latency.avg),
      asCount(latency.count)]));
  table("What went wrong", ["", "count", "for example"],
    [...run.connections.failures, ...run.connections.endings,
     ...run.messages.publish_failures].map(each =>
      [each.cause, asCount(each.count), each.example || "–"]));
  const counts = Object.entries(run.messages).filter(([, value]) => typeof value === "number");
  table("Messages", ["", "count"], counts.map(([name, value]) =>
    [name.replaceAll("_", " "), name.endsWith("bytes") ? asBytes(value) : value.toLocaleString("en")]));
  table("Generator", ["", "CPU", "waiting for a CPU"], run.generator.threads.map((thread, at) =>
    [`thread ${at}`, `${(thread.cpu * 100).toFixed(0)} %`, `${(thread.waiting * 100).toFixed(0)} %`]));
  const {lag, clock} = run.generator;
  table("Trust", ["", ""], [["generator late (p99)", asTime(lag.percentiles["99"])],
    ["generator late (max)", asTime(lag.max)], ["clocks differ by", `${(clock.drift * 100).toFixed(4)} %`],
    ["wall clock was set by", `${digits(clock.wall_step)} ms`],
    ["a look at the clock takes", `${clock.read_ns} ns`]]);
  table("Options", ["", ""], Object.entries(report.options).map(([name, value]) =>
    [name.replaceAll("_", " "), String(value)]));
}

function showRun(number) {
  for (const id of ["tiles", "plots", "tables"]) document.getElementById(id).replaceChildren();
  const run = report.runs[number];
  if (!run) return;
  showTiles(run);
  showPlots(run);
  showTables(run);
  const joined = run.joined_intervals;
  document.getElementById("joined").textContent = joined > 1
    ? `Each point over time joins ${joined} intervals; of latencies and memory it is the highest.` : "";
}

function begin() {
  const {verdict, machine} = report;
  const mode = report.search ? "search " : report.urls ? "compare " : "";
  const title = mode + report.scenario + (report.urls ? "" : ` ${report.url}`);
  document.title = `wsbench: ${title}`;
  document.getElementById("title").textContent = title;
  const status = document.getElementById("verdict");
  status.textContent = verdict.status;
  status.className = verdict.status.split(" ")[0];
  const reasons = verdict.reasons.map((text, at) => `${verdict.statuses[at]}: ${text}`);
  for (const text of [...reasons, ...verdict.warnings]) {
    document.getElementById("reasons").append(element("li", text));
  }
  for (const url of report.urls || []) document.getElementById("servers").append(element("li", url));
  document.getElementById("when").textContent =
    `${report.started.replace("T", " ").replace("Z", " UTC")}, wsbench ${report.wsbench} on ` +
    `${machine.host}: ${machine.cpus} CPUs ${machine.cpu_model}, ${machine.system}`;
  const chooser = document.getElementById("run");
  report.runs.forEach((run, at) => chooser.append(element("option",
    `${at + 1}${run.target_number ? ` (server ${run.target_number})` : ""}`, {value: at})));
  document.getElementById("chooser").hidden = report.runs.length < 2;
  chooser.addEventListener("change", () => showRun(Number(chooser.value)));
  showOverall();
  showRun(0);
}

begin();
