"""Drives a page in headless Chromium by the DevTools protocol."""

import asyncio
import base64
import json
import pathlib
import shutil
import subprocess
import tempfile

import websockets

from clients import Chromium
from support import end_child, wait_until

DEADLINE_S = 60


class Page:
    """One tab. run() gives the value of an expression, and raises what it throws."""

    def __init__(self, url, width=1200, height=1400, scheme="light"):
        self.loop = asyncio.new_event_loop()
        self.socket = None
        self.count = 0
        self.events = set()
        self.profile = pathlib.Path(tempfile.mkdtemp(prefix="wskit-chromium-"))
        self.child = subprocess.Popen(
            ["chromium", *Chromium.FLAGS, f"--user-data-dir={self.profile}",
             "--remote-debugging-port=0", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)
        try:
            self._attach()
            self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                      deviceScaleFactor=1, mobile=False)
            self.call("Emulation.setEmulatedMedia",
                      features=[{"name": "prefers-color-scheme", "value": scheme}])
            self.call("Page.enable")
            self.call("Page.navigate", url=url)
            # What is asked of a page that is about to be replaced may never be answered.
            while "Page.loadEventFired" not in self.events:
                self._read()
        except BaseException:
            self.stop()
            raise

    def _attach(self):
        port_file = self.profile / "DevToolsActivePort"
        wait_until(lambda: port_file.exists() and len(port_file.read_text().split()) == 2,
                   DEADLINE_S, "Chromium's port")
        port, path = port_file.read_text().split()
        self.socket = self._wait(self._connect(f"ws://127.0.0.1:{port}{path}"))
        self.session = None
        targets = self.call("Target.getTargets")["targetInfos"]
        tab = next(target for target in targets if target["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=tab["targetId"],
                                 flatten=True)["sessionId"]

    @staticmethod
    async def _connect(url):
        return await websockets.connect(url, max_size=None)

    def _wait(self, awaitable):
        return self.loop.run_until_complete(asyncio.wait_for(awaitable, DEADLINE_S))

    def _read(self):
        answer = json.loads(self._wait(self.socket.recv()))
        self.events.add(answer.get("method"))
        return answer

    def call(self, method, **params):
        self.count += 1
        request = {"id": self.count, "method": method, "params": params}
        if self.session:
            request["sessionId"] = self.session
        self._wait(self.socket.send(json.dumps(request)))
        while True:
            answer = self._read()
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]

    def run(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True, userGesture=True)
        if "exceptionDetails" in answer:
            raise AssertionError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def text(self, selector):
        found = json.dumps(selector)
        return self.run(f"document.querySelector({found})?.textContent ?? ''")

    def fill(self, selector, value):
        """Sets a field's value as a user would."""
        self.run(f"""(() => {{
            const field = document.querySelector({json.dumps(selector)});
            field.value = {json.dumps(value)};
            field.dispatchEvent(new Event('change', {{bubbles: true}}));
        }})()""")

    def click(self, selector):
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def wait_for_text(self, selector, expected):
        wait_until(lambda: expected in self.text(selector), DEADLINE_S,
                   f"{expected!r} in {selector}")

    def screenshot(self, file):
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        taken = self.call("Page.captureScreenshot", captureBeyondViewport=True,
                          clip={**size, "scale": 1})
        pathlib.Path(file).write_bytes(base64.b64decode(taken["data"]))

    def stop(self):
        if self.socket:
            self._wait(self.socket.close())
        end_child(self.child)
        self.loop.close()
        shutil.rmtree(self.profile, ignore_errors=True)
