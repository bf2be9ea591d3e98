// Loaded before AWS's runtime client: stands in for its native part, which asks the Runtime API for invocations by a
// C++ HTTP client. This asks the same of the same API by Node's own. At the end it tells what the process has used.
'use strict';
const Module = require('node:module');
const { Agent, request } = require('node:http');

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function call(method, path, body, answered) {
  const sent = request({ hostname, port, path: `/2018-06-01/runtime/${path}`, method, agent }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
    response.on('end', () => answered(text, response.headers));
  });
  sent.end(body);
}

const client = {
  next: () =>
    new Promise((resolve) => {
      call('GET', 'invocation/next', undefined, (bodyJson, headers) => resolve({ bodyJson, headers }));
    }),
  done: (id, body) => call('POST', `invocation/${id}/response`, body, () => {}),
  error: (id, body) => call('POST', `invocation/${id}/error`, body, () => {}),
};

// Where everything takes many times longer, so do time-outs: else a count would hold the tries after them.
const { BENCH_SLOWED: slowed } = process.env;
if (slowed !== undefined) {
  const { setTimeout } = globalThis;
  globalThis.setTimeout = (work, delay = 0, ...rest) =>
    setTimeout(work, delay < 1_000 ? delay : delay * Number(slowed), ...rest);
}

const load = Module._load;
Module._load = function (name, ...rest) {
  return name.endsWith('rapid-client.node') ? client : load.call(this, name, ...rest);
};

process.on('SIGTERM', () => {
  const { user, system } = process.cpuUsage();
  process.stderr.write(`\nprocessor ${user + system}\n`, () => process.exit(0));
});
