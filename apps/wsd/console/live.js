// What the node does now: the stream of numbers, the tiles and the chart.

import {byId, element, request} from "./api.js";

const KEPT_SECONDS = 120;
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 10000;
const STALE_MS = 5000;
const TABLES_EVERY = 5;

const TILES = [
  ["sessions", "Sessions", (rates, stats) => count(stats.sessions)],
  ["sent", "To clients /s", (rates) => count(rates.sent)],
  ["received", "From clients /s", (rates) => count(rates.received)],
  ["published", "Published here /s", (rates) => count(rates.published)],
  ["bytes", "Bytes out /s", (rates) => bytes(rates.bytesSent)],
  ["dropped", "Slow readers ended", (rates, stats) => count(stats.queue_drops)],
];

const LINES = ["sent", "received", "published"];

function count(value) {
  return Math.round(value).toLocaleString("en");
}

function bytes(value) {
  if (value < 1024) return `${Math.round(value)} B`;
  const units = ["KiB", "MiB", "GiB"];
  let scaled = value;
  let unit = -1;
  do {
    scaled /= 1024;
    ++unit;
  } while (scaled >= 1024 && unit < units.length - 1);
  return `${scaled.toFixed(1)} ${units[unit]}`;
}

/** Per second, between two events of the stream. */
function ratesOf(before, now) {
  const seconds = Math.max(0.001, (now.time_ms - before.time_ms) / 1000);
  const rate = (pick) => Math.max(0, (pick(now) - pick(before)) / seconds);
  return {
    sent: rate((stats) => stats.messages_sent),
    received: rate((stats) => stats.messages_received),
    published: rate((stats) => stats.broker.published),
    bytesSent: rate((stats) => stats.bytes_sent),
  };
}

function showState(text, kind = "") {
  byId("state").textContent = text;
  byId("state").className = `badge ${kind}`;
}

function showBroker(stats) {
  if (stats.is_draining) return showState("draining", "bad");
  if (stats.broker.is_ready) return showState("ready", "good");
  showState(`not ready: ${stats.broker.reason}`, "bad");
}

function makeTiles() {
  for (const [id, title] of TILES) {
    const tile = document.createElement("div");
    const value = element("dd", "–");
    value.id = `tile-${id}`;
    tile.append(element("dt", title), value);
    byId("tiles").append(tile);
  }
}

function drawChart(history) {
  const canvas = byId("chart");
  const ratio = window.devicePixelRatio;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const style = getComputedStyle(document.documentElement);
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  context.strokeStyle = style.getPropertyValue("--line");
  context.strokeRect(0.5, 0.5, width - 1, height - 1);
  const top = Math.max(10, ...history.flatMap((rates) => LINES.map((name) => rates[name])));
  byId("scale").textContent = `top: ${count(top)} /s`;
  context.lineWidth = 2;
  for (const name of LINES) {
    context.strokeStyle = style.getPropertyValue(`--${name}`);
    context.beginPath();
    history.forEach((rates, index) => {
      const x = width - ((history.length - 1 - index) * width) / (KEPT_SECONDS - 1);
      context.lineTo(x, height - 3 - (rates[name] / top) * (height - 8));
    });
    context.stroke();
  }
}

/** Calls `take` with the name and the data of each event, until the stream ends. */
async function readEvents(response, take) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const {value, done} = await reader.read();
    if (done) return;
    const events = (text + value).split("\n\n");
    text = events.pop();
    for (const event of events) {
      const [name, data] = event.split("\n");
      take(name.slice("event: ".length), JSON.parse(data.slice("data: ".length)));
    }
  }
}

/** `onNode` gets what the stream begins with; `onChange` runs when tables may be others now. */
export function startLive({onNode, onChange}) {
  const history = [];
  let last = null;
  let taken = 0;
  let delay = FIRST_DELAY_MS;
  let retry = 0;
  let current = new AbortController();
  let stale = 0;

  function takeStats(stats) {
    const rates = last === null ? ratesOf(stats, stats) : ratesOf(last, stats);
    if (last?.sessions !== stats.sessions || ++taken % TABLES_EVERY === 0) onChange();
    last = stats;
    history.push(rates);
    if (history.length > KEPT_SECONDS) history.shift();
    for (const [id, , text] of TILES) byId(`tile-${id}`).textContent = text(rates, stats);
    showBroker(stats);
    drawChart(history);
  }

  function take(name, data) {
    delay = FIRST_DELAY_MS;
    clearTimeout(stale);
    stale = setTimeout(() => showState("no news from the node", "bad"), STALE_MS);
    if (name === "stats") return takeStats(data);
    // The counters of another process begin anew.
    last = null;
    onNode(data);
  }

  async function connect() {
    clearTimeout(retry);
    current.abort();
    const own = current = new AbortController();
    let problem = "the node has ended the connection";
    try {
      await readEvents(await request("live", {signal: own.signal}), take);
    } catch (error) {
      problem = error instanceof TypeError ? "the node cannot be reached" : error.message;
    }
    // Another attempt has taken this one's place.
    if (own !== current) return;
    clearTimeout(stale);
    showState(problem, "bad");
    if (!byId("key-form").hidden) return;
    retry = setTimeout(connect, delay * (0.5 + Math.random() / 2));
    delay = Math.min(2 * delay, MAX_DELAY_MS);
  }

  makeTiles();
  addEventListener("resize", () => drawChart(history));
  connect();
  return {reconnect: connect};
}
