"""Two of the library's example on one Redis, seen by Debian's websockets module."""

import asyncio
import re
import unittest

import websockets

import support
from support import wait_until

DISPATCH = support.BUILD_DIR / "lib" / "examples" / "dispatch"
TOPIC = "dispatchWebsocketTopic"
DEADLINE_S = 30


class Dispatch(support.Process):
    def __init__(self, *arguments):
        super().__init__("dispatch")
        self.arguments = arguments

    def start(self):
        self.spawn([DISPATCH, "127.0.0.1:0", *self.arguments], support.clean_environment())
        try:
            self.address = wait_until(self._address, DEADLINE_S, "the example's address")[1]
        except BaseException:
            self.kill()
            raise
        return self

    def _address(self):
        if not self.is_running():
            raise AssertionError(f"the example ended\n{self.describe()}")
        return re.search(r"^listening on (\S+)\n", self.log(), re.MULTILINE)

    def url(self, query):
        return f"ws://{self.address}/dispatchWebsocket{query}"

    def stop(self):
        code = None
        if self.is_running():
            self.child.terminate()
            code = self.child.wait(DEADLINE_S)
        self.kill()
        self.remove_folder()
        if support.SANITIZER_REPORT.search(self.final_log):
            raise AssertionError(f"a sanitizer has something to say\n{self.describe()}")
        if code != 0:
            raise AssertionError(f"the example ended with {code}\n{self.describe()}")


class DispatchExample(support.WskitTestCase):
    def connect(self, node, user, **options):
        return websockets.connect(node.url(f"?token={user}"), ping_interval=None, **options)

    async def next(self, socket):
        return await asyncio.wait_for(socket.recv(), DEADLINE_S)

    def test_a_node_alone(self):
        node = self.start(Dispatch())

        async def talk():
            async with self.connect(node, "alice", origin="https://elsewhere.example") as alice:
                self.assertEqual(await self.next(alice), support.GREETING)
                await alice.send("ping")
                self.assertEqual(await self.next(alice), support.HEARTBEAT_REPLY)
                await alice.send("all 你好")
                self.assertEqual(await self.next(alice), "你好")
            with self.assertRaises(websockets.InvalidStatusCode) as refused:
                await websockets.connect(node.url(""))
            self.assertEqual(refused.exception.status_code, 401)

        asyncio.run(talk())
        wait_until(lambda: "close user=alice code=1000" in node.log(), DEADLINE_S, "the close")
        self.assertRegex(node.log(), r"handshake peer=127\.0\.0\.1:\d+ result=ok")
        self.assertRegex(node.log(), r"open user=alice peer=127\.0\.0\.1:\d+")

    def test_two_nodes_on_one_redis(self):
        redis = self.start_redis()
        nodes = [self.start(Dispatch(redis.url, TOPIC)) for _ in range(2)]
        for node in nodes:
            wait_until(lambda: " redis_ready " in node.log(), DEADLINE_S, "Redis")

        async def talk():
            async with self.connect(nodes[0], "alice") as alice, \
                    self.connect(nodes[1], "bob") as bob:
                for socket in (alice, bob):
                    self.assertEqual(await self.next(socket), support.GREETING)
                await alice.send("all from alice")
                await self.expect("from alice", alice, bob)
                await bob.send("all from bob")
                await self.expect("from bob", alice, bob)
                self.assertEqual(redis.publish(TOPIC, "from Redis"), 2)
                await self.expect("from Redis", alice, bob)

        asyncio.run(talk())

    async def expect(self, text, *sockets):
        for socket in sockets:
            self.assertEqual(await self.next(socket), text)


if __name__ == "__main__":
    unittest.main()
