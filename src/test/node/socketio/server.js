// A Socket.IO service as anybody would write it. It believes X-User-Id, as only the gateway can reach it.
'use strict';

const { createServer } = require('node:http');
const { Server } = require('socket.io');

const http = createServer();
const io = new Server(http, { pingInterval: 500, pingTimeout: 10000 });

io.on('connection', (socket) => {
  socket.on('who am i', (done) => {
    const { headers } = socket.handshake;
    done({
      user: headers['x-user-id'],
      forwardedFor: headers['x-forwarded-for'],
      cookie: headers.cookie,
      transport: socket.conn.transport.name,
    });
  });
  socket.on('echo', (text, bytes, done) => done(text, bytes));
  socket.on('join', (room, done) => {
    socket.join(room);
    done();
  });
  socket.on('say', (room, text) => io.to(room).emit('said', text));
  socket.on('throw me out', () => socket.disconnect(true));
});

io.of('/admin').use((socket, next) => next(new Error('not for you')));

http.listen(0, '127.0.0.1', () => console.log('listening on ' + http.address().port));
