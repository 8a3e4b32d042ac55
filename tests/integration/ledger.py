"""Publishers that number their messages, subscribers that resume, and what must hold between them."""

import asyncio
import http.client
import json
import random
import threading
import urllib.parse

import websockets

from support import wait_until

DEADLINE_S = 120


def as_pair(message_id):
    ms, seq = message_id.split("-")
    return int(ms), int(seq)


class Publisher(threading.Thread):
    """Publishes numbers to channels in turn, at most `rate` a second, by POST to the nodes in turn."""

    def __init__(self, nodes, channels, rate=None):
        super().__init__(daemon=True)
        self.nodes, self.channels = list(nodes), channels
        self.interval = 1 / rate if rate else 0
        self.connections = {}
        self.accepted = {channel: {} for channel in channels}  # number: id
        self.unknown = {channel: set() for channel in channels}
        self.refused = {channel: set() for channel in channels}
        self.count = 0
        self.stopping = threading.Event()

    def publish(self, node, channel, number):
        """The id, or an error code; "unknown" where the answer was lost."""
        body = json.dumps({"channel": channel, "data": number}).encode()
        try:
            connection = self.connections.get(node)
            if connection is None:
                connection = http.client.HTTPConnection(node.api_address, timeout=30)
                self.connections[node] = connection
            connection.request("POST", "/api/v1/publish", body,
                               {"Content-Type": "application/json"})
            document = json.loads(connection.getresponse().read())
            return document.get("id"), document.get("error", {}).get("code")
        except ConnectionRefusedError:
            self.connections.pop(node, None)
            return None, "refused"
        except (OSError, http.client.HTTPException, ValueError):
            self.connections.pop(node, None)
            return None, "unknown"

    def run(self):
        while not self.stopping.wait(self.interval):
            number, channel = self.count, self.channels[self.count % len(self.channels)]
            node = self.nodes[self.count // len(self.channels) % len(self.nodes)]
            message_id, error = self.publish(node, channel, number)
            if message_id:
                self.accepted[channel][number] = as_pair(message_id)
            elif error == "unknown":
                self.unknown[channel].add(number)
            else:
                self.refused[channel].add(number)
                self.stopping.wait(0.01)
            self.count += 1

    def wait_for(self, count, deadline_s=DEADLINE_S):
        wait_until(lambda: self.count >= count, deadline_s, f"{count} messages")

    def stop(self):
        self.stopping.set()
        self.join()
        for connection in self.connections.values():
            connection.close()


class Subscriber:
    """One session of wskit.v1.json by websockets, which connects again with the last id it saw."""

    def __init__(self, nodes, channel, user):
        self.nodes, self.channel, self.user = nodes, channel, user
        self.node = random.randrange(len(nodes))
        self.last_id = None
        self.ids, self.numbers = [], []
        self.gaps = []  # of [since, the id of what came next]
        self.disconnects = 0
        self.has_ended = False
        self.is_open = False
        self.problem = None

    def url(self):
        query = f"&channel={self.channel}"
        if self.last_id:
            query += f"&since={urllib.parse.quote(self.last_id)}"
        return self.nodes[self.node].url(self.user, query)

    async def run(self):
        while not self.has_ended:
            try:
                async with websockets.connect(self.url(), subprotocols=["wskit.v1.json"],
                                              open_timeout=20, ping_interval=None,
                                              compression=None, max_queue=None) as socket:
                    async for text in socket:
                        self.take(json.loads(text))
                        if self.has_ended:
                            return
            except (OSError, asyncio.TimeoutError, websockets.WebSocketException):
                pass
            self.is_open = False
            self.disconnects += 1
            self.node = (self.node + 1) % len(self.nodes)
            await asyncio.sleep(random.random() * 0.2)

    def take(self, message):
        kind = message["type"]
        if kind == "welcome":
            self.is_open = True
            self.last_id = self.last_id or message["cursor"]
        elif kind == "gap" and message["channel"] == self.channel:
            self.gaps.append([as_pair(message.get("since", "0-0")), None])
        elif kind == "message" and message["channel"] == self.channel:
            for gap in self.gaps:
                gap[1] = gap[1] or as_pair(message["id"])
            self.last_id = message["id"]
            if message["data"] == "end":
                self.has_ended = True
            else:
                self.ids.append(as_pair(message["id"]))
                self.numbers.append(message["data"])


class Subscribers:
    """Many of them, on a thread of their own."""

    def __init__(self, nodes, channels, count):
        self.all = [Subscriber(nodes, channels[n % len(channels)], f"user{n}")
                    for n in range(count)]
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        wait_until(lambda: all(each.is_open for each in self.all), DEADLINE_S, "all sessions")

    def _run(self):
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_until_complete(asyncio.gather(*(each.run() for each in self.all)))
        except asyncio.CancelledError:
            pass

    def wait_for_end(self, deadline_s=DEADLINE_S):
        wait_until(lambda: all(each.has_ended for each in self.all), deadline_s,
                   "the last message at every session")

    def stop(self):
        for each in self.all:
            each.has_ended = True
        self.thread.join(2)
        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(
                lambda: [task.cancel() for task in asyncio.all_tasks(self.loop)])
            self.thread.join(20)
        self.loop.close()


def finish(publisher, subscribers, node):
    """Ends the stream and says what cannot be explained: a list of sentences, which must be empty."""
    publisher.stop()
    for channel in publisher.channels:
        def end(channel=channel):
            return publisher.publish(node, channel, "end")[0]
        wait_until(end, DEADLINE_S, "the end of a channel to be published")
    subscribers.wait_for_end()
    problems = []
    for each in subscribers.all:
        problems += explain(each, publisher)
    return problems


def explain(subscriber, publisher):
    channel, got = subscriber.channel, subscriber.numbers
    who = f"{subscriber.user} on {channel}"
    accepted = publisher.accepted[channel]
    problems = []
    # Of an unknown publish the number may come late: the order is that of the log.
    if len(set(got)) != len(got):
        problems.append(f"{who}: duplicated")
    if any(here >= there for here, there in zip(subscriber.ids, subscriber.ids[1:])):
        problems.append(f"{who}: out of order")
    for number in set(got) & publisher.refused[channel]:
        problems.append(f"{who}: {number} was refused and yet delivered")
    for number in accepted.keys() - set(got):
        place = accepted[number]
        if not any(since < place and (upto is None or place < upto)
                   for since, upto in subscriber.gaps):
            problems.append(f"{who}: {number} is missing and in no gap")
    return problems
