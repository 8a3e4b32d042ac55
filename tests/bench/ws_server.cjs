// npm's ws as its README shows it: what comes on /pub goes to everyone on /sub; elsewhere an echo.
// Prints its port.
'use strict';

const { WebSocketServer, WebSocket } = require('ws');

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
const subscribers = new Set();

function publish(data, isBinary) {
  for (const subscriber of subscribers) {
    if (subscriber.readyState === WebSocket.OPEN) subscriber.send(data, { binary: isBinary });
  }
}

server.on('connection', (client, request) => {
  client.on('error', () => client.terminate());
  if (request.url === '/sub') {
    subscribers.add(client);
    client.on('close', () => subscribers.delete(client));
  } else if (request.url === '/pub') {
    client.on('message', publish);
  } else {
    client.on('message', (data, isBinary) => client.send(data, { binary: isBinary }));
  }
});
server.on('listening', () => console.log(server.address().port));
