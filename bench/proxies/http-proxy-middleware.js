// A peer of the gateway's benchmark: http-proxy-middleware alone. Without an agent of its own it would make a new connection
// for each request.
'use strict';

const http = require('node:http');
const { createProxyMiddleware } = require('http-proxy-middleware');

const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
const proxy = createProxyMiddleware({ target: process.env.SERVICE, agent });

http
  .createServer((request, response) => proxy(request, response))
  .listen(Number(process.env.PORT), '127.0.0.1', () => console.log('ready'));
