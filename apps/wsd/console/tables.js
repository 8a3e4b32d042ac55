// Who is connected, to which channels, and through which nodes.

import {byId, clock, element, getJson, request, show} from "./api.js";

const PAGE = 50;

function since(ms) {
  const seconds = Math.max(0, Math.round((Date.now() - ms) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

function rowOf(...cells) {
  const row = document.createElement("tr");
  row.append(...cells);
  return row;
}

async function disconnect(session, row) {
  if (!confirm(`Disconnect ${session.user}?\n${session.session}`)) return;
  try {
    await request(`sessions?id=${encodeURIComponent(session.session)}`, {method: "DELETE"});
    row.remove();
    show(byId("sessions-result"), "");
  } catch (error) {
    show(byId("sessions-result"), error.message);
  }
}

function sessionRow(session) {
  const button = element("button", "Disconnect", "plain");
  button.type = "button";
  const action = document.createElement("td");
  action.append(button);
  const row = rowOf(element("td", session.user, "text"), element("td", session.address, "code"),
                    element("td", since(session.opened_ms)),
                    element("td", session.channels.join(" "), "text"),
                    element("td", session.session, "code"), action);
  button.addEventListener("click", () => disconnect(session, row));
  return row;
}

function sessionsPath(after) {
  const query = new URLSearchParams({limit: PAGE});
  const [user, channel] = [byId("filter-user").value, byId("filter-channel").value];
  if (user) query.set("user", user);
  if (channel) query.set("channel", channel);
  if (after) query.set("after", after);
  return `sessions?${query}`;
}

async function readSessions(after) {
  try {
    const page = await getJson(sessionsPath(after));
    const rows = page.sessions.map(sessionRow);
    if (after) byId("sessions").append(...rows);
    else byId("sessions").replaceChildren(...rows);
    byId("sessions-count").textContent = page.total.toLocaleString("en");
    byId("more").hidden = !page.next;
    byId("more").onclick = () => readSessions(page.next);
    show(byId("sessions-result"), "");
  } catch (error) {
    show(byId("sessions-result"), error.message);
  }
}

async function readChannels() {
  const {channels} = await getJson(`channels?limit=${PAGE}`);
  byId("channel-list").replaceChildren(...channels.map(
    (each) => rowOf(element("td", each.channel, "text"), element("td", each.sessions, "number"))));
}

async function readNodes() {
  const {nodes} = await getJson("nodes");
  byId("node-list").replaceChildren(...nodes.map(
    (each) => rowOf(element("td", each.node, "code"), element("td", clock(each.started_ms)),
                    element("td", each.sessions, "number"))));
}

/** refresh() reads all tables again, unless more than the first page is shown. */
export function startTables() {
  async function refresh() {
    const tasks = [readChannels(), readNodes()];
    if (byId("sessions").children.length <= PAGE) tasks.push(readSessions());
    await Promise.allSettled(tasks);
  }
  byId("filter").addEventListener("submit", (event) => {
    event.preventDefault();
    readSessions();
  });
  return {refresh};
}
