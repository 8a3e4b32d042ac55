// The console's start: what belongs together, and when the tables are read again.

import {byId, onKeyNeeded, setKey, show} from "./api.js";
import {startLive} from "./live.js";
import {startPublishing} from "./publish.js";
import {startTables} from "./tables.js";
import {startTestClient} from "./test_client.js";

const tables = startTables();
const testClient = startTestClient();
startPublishing();

const live = startLive({
  onNode(node) {
    document.title = `wsd ${node.node}`;
    byId("node").textContent = `${node.node} · ${node.version} · ${node.broker}`;
    testClient.useNode(node);
    tables.refresh();
  },
  onChange: tables.refresh,
});

onKeyNeeded((isWrong) => {
  byId("key-form").hidden = false;
  show(byId("key-result"), isWrong ? "This key is not one of them." : "");
  if (document.activeElement === document.body) byId("key").focus();
});

byId("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  byId("key-form").hidden = true;
  setKey(byId("key").value);
  live.reconnect();
});
