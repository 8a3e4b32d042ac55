"""The client of docs/protocol.md in Chromium, and curl on Server-Sent Events, while their node is killed."""

import json
import re
import subprocess
import threading
import unittest

import clients
import ledger
import support
from support import wait_until

DEADLINE_S = 60
CHANNEL = "news"

PAGE = """<!doctype html><meta charset="utf-8"><script>
%s
const got = [];
const keep = (entry) => got.push(entry);
listen(%s, %s, (message) => keep(message.data), (channel) => keep('gap ' + channel));
// One report after the other, lest they overtake each other.
(async function report() {
  if (got.length) await fetch('/got', {method: 'POST', body: JSON.stringify(got.splice(0))});
  setTimeout(report, 50);
})();
</script>"""


def documented_client():
    text = (support.SOURCE_DIR / "docs" / "protocol.md").read_text()
    return re.search(r"```js\n(function listen.*?)```", text, re.S)[1]


class Curl(threading.Thread):
    """curl -N on /sse, started again with the last id whenever it ends."""

    def __init__(self, url):
        super().__init__(daemon=True)
        self.url = url
        self.got = []
        self.last_id = None
        self.child = None
        self.stopping = threading.Event()

    def run(self):
        while not self.stopping.is_set():
            header = ["-H", f"Last-Event-ID: {self.last_id}"] if self.last_id else []
            with subprocess.Popen(["curl", "-sN", *header, self.url], stdout=subprocess.PIPE,
                                  text=True) as self.child:
                for line in self.child.stdout:
                    self.take(line.rstrip("\n"))
            self.stopping.wait(0.05)

    def take(self, line):
        name, _, value = line.partition(": ")
        if name == "id":
            self.last_id = value
        elif name == "data":
            event = json.loads(value)
            self.got.append(event["data"] if event["type"] == "message" else "gap")

    def stop(self):
        self.stopping.set()
        if self.child:
            self.child.kill()
        self.join()


class NodeKilled(support.WskitTestCase):
    messages = 1500

    def test_page_and_curl_show_every_number_once(self):
        redis = self.start_redis()
        shown = []
        page = clients.Chromium(shown.extend)
        self.addCleanup(page.stop)
        options = ("--broker", "redis-stream", "--redis", redis.url, "--threads", "1", "--origin",
                   page.origin)
        publisher_node, node = self.start_wsd(*options), self.start_wsd(*options)
        for wsd in (publisher_node, node):
            wait_until(wsd.is_broker_ready, DEADLINE_S, "a ready broker")
        script = (documented_client(), json.dumps(node.url("page")), json.dumps(CHANNEL))
        page.open((PAGE % script).encode())
        curl = Curl(f"http://{node.address}/sse?token=curl&channel={CHANNEL}")
        curl.start()
        self.addCleanup(curl.stop)
        wait_until(lambda: node.metric("wsd_sessions") == 2, DEADLINE_S, "both sessions")
        publisher = ledger.Publisher([publisher_node], [CHANNEL], rate=500)
        publisher.start()
        self.addCleanup(publisher.stop)
        for part in (1, 2):
            publisher.wait_for(self.messages * part // 3)
            # Both have an id to resume from: until then nothing says what they know.
            wait_until(lambda: shown and curl.got, DEADLINE_S, "the first messages")
            node = self.kill_and_restart(node, options)
        publisher.wait_for(self.messages)
        publisher.stop()
        expected = sorted(publisher.accepted[CHANNEL])
        self.assertEqual((publisher.unknown_count, publisher.refused_count), (0, 0))
        for name, got in (("page", shown), ("curl", curl.got)):
            wait_until(lambda: len(got) >= len(expected), DEADLINE_S, f"all of {name}'s")
            self.assertEqual(got, expected, name)

    def kill_and_restart(self, node, options):
        address = node.address
        node.expected_exit = (-9,)
        node.kill()
        return self.start_wsd(*options, listen=(address,))


if __name__ == "__main__":
    unittest.main()
