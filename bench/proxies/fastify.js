// A peer of the gateway's benchmark: @fastify/http-proxy with its defaults (undici).
'use strict';

const server = require('fastify')();

server.register(require('@fastify/http-proxy'), { upstream: process.env.SERVICE });
server.listen({ port: Number(process.env.PORT), host: '127.0.0.1' }).then(() => console.log('ready'));
