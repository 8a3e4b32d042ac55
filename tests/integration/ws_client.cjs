// Opens the sessions named by its arguments and prints what they see as JSON lines.
// Usage: node ws_client.cjs NODE_MODULES NAME=URL...
'use strict';

const path = require('path');

const [modules, ...sessions] = process.argv.slice(2);
const WebSocket = require(path.join(modules, 'ws'));

const print = (name, event, data) =>
  process.stdout.write(JSON.stringify({ name, event, data }) + '\n');

for (const session of sessions) {
  const at = session.indexOf('=');
  const name = session.slice(0, at);
  const socket = new WebSocket(session.slice(at + 1), { perMessageDeflate: false });
  socket.on('open', () => print(name, 'open', ''));
  socket.on('message', (data, isBinary) =>
    print(name, isBinary ? 'binary' : 'text', data.toString(isBinary ? 'hex' : 'utf8')));
  socket.on('close', (code) => print(name, 'close', String(code)));
  socket.on('error', (error) => print(name, 'error', error.message));
}

process.stdin.on('end', () => process.exit(0)).resume();
