// An echo server of npm's ws, for tests of clients: prints its port, then a line for each
// connection with what was negotiated. Paths: /refuse answers 403, /close closes with 4001.
'use strict';

const http = require('http');
const { WebSocketServer } = require('ws');

const server = http.createServer();
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: { threshold: 0 } });

server.on('upgrade', (request, socket, head) => {
  if (request.url === '/refuse') {
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno\n');
    return;
  }
  sockets.handleUpgrade(request, socket, head, (client) => {
    console.log(client.extensions || 'none');
    if (request.url === '/close') client.close(4001, 'as asked');
    client.on('message', (data, isBinary) => client.send(data, { binary: isBinary }));
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
