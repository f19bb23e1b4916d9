// The Socket.IO peer of the benchmark: rooms, and a message that goes to everybody in one. Defaults, WebSocket alone.
'use strict';

const { createServer } = require('node:http');
const { Server } = require('socket.io');

const http = createServer();
const io = new Server(http, { transports: ['websocket'] });

io.on('connection', (socket) => {
  socket.on('join', (rooms, done) => {
    socket.join(rooms);
    done();
  });
  socket.on('message', (room, content) => io.to(room).emit('message', content));
});

// Started with --expose-gc: the benchmark asks every server to collect its garbage before it measures memory.
process.on('SIGUSR2', () => global.gc());

http.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('ready'));
