"""Publishers that number their messages, subscribers that resume, and what must hold between them."""

import asyncio
import http.client
import itertools
import json
import random
import sys
import threading
import time
import unittest
import urllib.parse

import websockets

import support
from support import wait_until

DEADLINE_S = 120


def as_pair(message_id):
    ms, seq = message_id.split("-")
    return int(ms), int(seq)


class Poster:
    """Publishes over one connection to each node."""

    def __init__(self):
        self.connections = {}

    def post(self, node, publications):
        """For each its id, or an error code: "refused" by the kernel, "unknown" if no answer came.

        One goes to /api/v1/publish, several are a batch.
        """
        is_batch = len(publications) > 1
        path = "/api/v1/batch" if is_batch else "/api/v1/publish"
        body = json.dumps(publications if is_batch else publications[0]).encode()
        try:
            connection = self.connections.get(node)
            if connection is None:
                connection = http.client.HTTPConnection(node.api_address, timeout=30)
                self.connections[node] = connection
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())
        except ConnectionRefusedError:
            answer = self._forget(node, "refused")
        except (OSError, http.client.HTTPException, ValueError):
            answer = self._forget(node, "unknown")
        results = answer if isinstance(answer, list) else [answer] * len(publications)
        if len(results) != len(publications):
            raise AssertionError(f"{len(results)} results for {len(publications)} messages")
        return [(each.get("id"), each.get("error", {}).get("code")) for each in results]

    def _forget(self, node, code):
        self.connections.pop(node).close()
        return {"error": {"code": code}}

    def close(self):
        for connection in self.connections.values():
            connection.close()


class Publisher:
    """Threads that number the messages of their channels, and publish through the nodes in turn.

    A batch, a single message, a batch, …: each is sent once the one before has been answered. Both
    are refused at times, and numbers grow with ids. At most `rate` messages a second.
    """

    MAX_BATCH = 10
    THREADS = 3
    PAUSE_S = 0.1  # after a refusal

    # At most, while every node refuses.
    REFUSALS_PER_S = THREADS * (MAX_BATCH + 1) / 2 / PAUSE_S

    def __init__(self, nodes, channels, rate):
        self.nodes, self.channels = list(nodes), channels
        self.accepted = {channel: {} for channel in channels}  # number: id
        self.unknown = {channel: set() for channel in channels}
        self.refused = {channel: set() for channel in channels}
        self.problems = []
        self.stopping = threading.Event()
        shares = [channels[n::self.THREADS] for n in range(self.THREADS)]
        self.threads = [threading.Thread(target=self._run, args=(share, rate / self.THREADS),
                                         daemon=True) for share in shares if share]

    def start(self):
        for thread in self.threads:
            thread.start()

    @property
    def accepted_count(self):
        return sum(map(len, self.accepted.values()))

    @property
    def unknown_count(self):
        return sum(map(len, self.unknown.values()))

    @property
    def refused_count(self):
        return sum(map(len, self.refused.values()))

    def _run(self, channels, rate):
        poster, nodes = Poster(), itertools.cycle(self.nodes)
        numbered = ((channel, number) for number in itertools.count() for channel in channels)
        due = time.monotonic()
        for size in itertools.cycle((self.MAX_BATCH, 1)):
            if self.stopping.wait(due - time.monotonic()):
                break
            due = max(due, time.monotonic() - 1) + size / rate
            sent = list(itertools.islice(numbered, size))
            publications = [{"channel": channel, "data": number} for channel, number in sent]
            try:
                results = poster.post(next(nodes), publications)
            except AssertionError as problem:
                self.problems.append(str(problem))
                break
            codes = {self._enter(*message, *result) for message, result in zip(sent, results)}
            # Another node may take the next ones.
            if codes - {None, "refused"}:
                self.stopping.wait(self.PAUSE_S)
        poster.close()

    def _enter(self, channel, number, message_id, code):
        if message_id and not code:
            self.accepted[channel][number] = as_pair(message_id)
        elif code == "unknown":
            self.unknown[channel].add(number)
        else:
            self.refused[channel].add(number)
            if code not in ("refused", "unavailable"):
                self.problems.append(f"{number} to {channel} was answered by {code}")
        return code

    def wait_for(self, count, deadline_s=DEADLINE_S):
        """Until that many were accepted."""
        wait_until(lambda: self.accepted_count >= count or self.problems, deadline_s,
                   f"{count} messages")

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            if thread.ident:
                thread.join()


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
                                              open_timeout=20, ping_timeout=None,
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
    poster = Poster()
    for channel in publisher.channels:
        def end(channel=channel):
            return poster.post(node, [{"channel": channel, "data": "end"}])[0][0]
        wait_until(end, DEADLINE_S, "the end of a channel to be published")
    poster.close()
    subscribers.wait_for_end()
    problems = list(publisher.problems)
    for channel, accepted in publisher.accepted.items():
        ids = [accepted[number] for number in sorted(accepted)]
        if any(here >= there for here, there in zip(ids, ids[1:])):
            problems.append(f"{channel}: published out of order")
    for each in subscribers.all:
        problems += explain(each, publisher)
    return problems


def explain(subscriber, publisher):
    channel, ids, numbers = subscriber.channel, subscriber.ids, subscriber.numbers
    who = f"{subscriber.user} on {channel}"
    accepted = publisher.accepted[channel]
    got = dict(zip(numbers, ids))
    problems = []
    # Of an unknown publish the number may come late: the order is that of the log.
    if len(got) != len(numbers):
        problems.append(f"{who}: duplicated")
    if any(here >= there for here, there in zip(ids, ids[1:])):
        problems.append(f"{who}: out of order")
    for number in got.keys() & publisher.refused[channel]:
        problems.append(f"{who}: {number} was refused and yet delivered")
    for number in got.keys() - publisher.unknown[channel] - publisher.refused[channel]:
        if got[number] != accepted.get(number):
            problems.append(f"{who}: {number} came as {got[number]}, not {accepted.get(number)}")
    for number in accepted.keys() - got.keys():
        place = accepted[number]
        if not any(since < place and (upto is None or place < upto)
                   for since, upto in subscriber.gaps):
            problems.append(f"{who}: {number} is missing and in no gap")
    return problems


class LedgerCase(support.WskitTestCase):
    """Publishes `messages` and numbers them, while something happens to what carries them."""

    messages = 5000
    sessions = 300
    rate = 2000
    channels = [f"channel{n}" for n in range(100)]

    def load(self, nodes):
        """Returns under load, with a third of the messages published."""
        self.notes = []
        self.subscribers = Subscribers(nodes, self.channels, self.sessions)
        self.addCleanup(self.subscribers.stop)
        self.publisher = Publisher(nodes, self.channels, self.rate)
        self.addCleanup(self.publisher.stop)
        self.began = time.monotonic()
        self.publisher.start()
        self.publisher.wait_for(self.messages // 3, 600)

    def wait_for_health(self, nodes, is_ready):
        began = time.monotonic()
        for wsd in nodes:
            wait_until(lambda wsd=wsd: wsd.is_broker_ready() == is_ready, DEADLINE_S,
                       "a ready broker" if is_ready else "a 503")
        self.notes.append(f"{200 if is_ready else 503} after {time.monotonic() - began:.1f} s")

    def wait_for_refusals(self, seconds):
        """At full size: until every node has refused for as long as the fault is required to last."""
        if self.messages >= 200_000:
            count = self.publisher.refused_count + seconds * Publisher.REFUSALS_PER_S
            wait_until(lambda: self.publisher.refused_count >= count or self.publisher.problems,
                       DEADLINE_S, f"{count} refusals")

    def settle(self, node, may_disconnect=False):
        """How many sessions were told of a gap, when everything is explained."""
        self.publisher.wait_for(self.messages, 1200)
        problems = finish(self.publisher, self.subscribers, node)
        self.assertEqual(problems[:10], [])
        sessions, publisher = self.subscribers.all, self.publisher
        if not may_disconnect:
            self.assertEqual(sum(each.disconnects for each in sessions), 0)
        gap_count = sum(bool(each.gaps) for each in sessions)
        print(f"{self.id().split('.')[-1]}: {publisher.accepted_count} messages accepted, "
              f"{publisher.unknown_count} unknown, {publisher.refused_count} refused; "
              f"{sum(len(each.ids) for each in sessions)} delivered; {gap_count} of "
              f"{len(sessions)} sessions told of a gap; {', '.join(self.notes)}; unexplained 0; "
              f"{time.monotonic() - self.began:.0f} s", file=sys.stderr)
        return gap_count


def main():
    """Runs the test cases of the program, of `--messages N` each."""
    if "--messages" in sys.argv:
        at = sys.argv.index("--messages")
        LedgerCase.messages = int(sys.argv[at + 1])
        del sys.argv[at:at + 2]
    unittest.main()
