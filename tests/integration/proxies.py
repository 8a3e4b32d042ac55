"""Debian's tinyproxy and microsocks and nginx, each a process of its own in a temporary folder."""

import os
import socket

from support import Process
from wsc_support import wait_until

TINYPROXY = """
Port {port}
Listen 127.0.0.1
Timeout 600
PidFile "{folder}/pid"
MaxClients 20
Allow 127.0.0.1
{extra}
"""

NGINX = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/a;
  proxy_temp_path {folder}/b;
  fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d;
  scgi_temp_path {folder}/e;
  server {{
    listen unix:{folder}/nginx.sock;
    {locations}
  }}
}}
"""


def free_port():
    """A port that was free a moment ago, for programs that cannot be given 0."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Server(Process):
    """In the foreground, until stop()."""

    def run(self, *command):
        self.spawn(command, os.environ)

    def stop(self):
        self.kill()
        self.remove_folder()


class HttpProxy(Server):
    def __init__(self, user=None, password=None):
        super().__init__("tinyproxy")
        self.port = free_port()
        extra = f"BasicAuth {user} {password}" if user else ""
        config = self.folder / "tinyproxy.conf"
        config.write_text(TINYPROXY.format(port=self.port, folder=self.folder, extra=extra))
        self.run("tinyproxy", "-d", "-c", config)
        wait_until(lambda: listens(self.port), "tinyproxy")


class SocksProxy(Server):
    def __init__(self, user=None, password=None):
        super().__init__("microsocks")
        self.port = free_port()
        credentials = ("-u", user, "-P", password) if user else ()
        self.run("microsocks", "-i", "127.0.0.1", "-p", str(self.port), *credentials)
        wait_until(lambda: listens(self.port), "microsocks")


class Nginx(Server):
    """Listens on a unix socket."""

    def __init__(self, locations):
        super().__init__("nginx")
        self.socket = self.folder / "nginx.sock"
        config = self.folder / "nginx.conf"
        config.write_text(NGINX.format(folder=self.folder, locations=locations))
        self.run("nginx", "-c", config, "-e", self.folder / "start.log")
        wait_until(self.socket.exists, "nginx")

    def url(self, path):
        return f"ws+unix:{self.socket}:{path}"
