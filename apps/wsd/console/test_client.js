// A client of the public address, as a browser is one.

import {byId, clock, element} from "./api.js";

const KEPT_FRAMES = 200;

/** Where this page's browser reaches the node: an address for all is that of the page's host. */
function urlOf(node, token, channels) {
  const address = node.listen.find((each) => !each.startsWith("unix:"));
  if (!address) return null;
  const port = address.slice(address.lastIndexOf(":") + 1);
  const host = address.slice(0, address.lastIndexOf(":"));
  const isForAll = host === "0.0.0.0" || host === "[::]";
  const url = new URL(`${node.tls ? "wss" : "ws"}://${isForAll ? location.hostname : host}:${port}`);
  url.pathname = node.paths[0];
  url.searchParams.set("token", token);
  for (const channel of channels) url.searchParams.append("channel", channel);
  return url;
}

function log(kind, text) {
  const frames = byId("frames");
  const line = document.createElement("li");
  const mark = {in: "←", out: "→"}[kind] ?? "·";
  line.append(element("time", clock(Date.now())), " ", element("span", `${mark} ${text}`, kind));
  const isAtEnd = frames.scrollTop + frames.clientHeight >= frames.scrollHeight - 4;
  frames.append(line);
  if (frames.children.length > KEPT_FRAMES) frames.firstChild.remove();
  if (isAtEnd) frames.scrollTop = frames.scrollHeight;
}

function textOf(data) {
  return typeof data === "string" ? data : `${data.byteLength} bytes`;
}

export function startTestClient() {
  let node = null;
  let socket = null;

  function showState() {
    const isOpen = socket?.readyState === WebSocket.OPEN;
    byId("connect-button").textContent = socket ? "Disconnect" : "Connect";
    byId("send-button").disabled = !isOpen;
  }

  function connect() {
    if (!node) return log("note", "The node is not known yet.");
    const channels = byId("channels").value.split(/[\s,]+/).filter(Boolean);
    const url = urlOf(node, byId("token").value, channels);
    if (!url) return log("note", "The node listens on unix sockets only.");
    const protocol = byId("protocol").value;
    const opened = protocol ? new WebSocket(url, protocol) : new WebSocket(url);
    socket = opened;
    opened.binaryType = "arraybuffer";
    opened.onopen = () => {
      log("note", `open: ${url.host}${url.pathname}`);
      showState();
    };
    opened.onmessage = (event) => log("in", textOf(event.data));
    opened.onclose = (event) => {
      log("note", `closed: ${event.code} ${event.reason}`);
      if (socket === opened) socket = null;
      showState();
    };
    showState();
  }

  byId("connect").addEventListener("submit", (event) => {
    event.preventDefault();
    if (socket) socket.close(1000);
    else connect();
  });
  byId("send").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = byId("frame").value;
    socket.send(text);
    log("out", text);
    byId("frame").value = "";
  });
  return {
    useNode(known) {
      node = known;
    },
  };
}
