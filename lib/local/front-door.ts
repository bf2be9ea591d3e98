/** One endpoint for every service: a proxy that tells them apart by the credential scope of the signature. */

import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { credentialScope } from './aws-json.ts';
import { type Listening, listen } from './listen.ts';

/** `services`: endpoint by the name that a service has in signatures, such as `ecr`, `monitoring`, `sqs`. */
export function startFrontDoor(services: ReadonlyMap<string, string>): Promise<Listening> {
  const agent = new Agent({ keepAlive: true });

  function pass(from: IncomingMessage, to: ServerResponse): void {
    const service = credentialScope(from.headers.authorization)?.service ?? '';
    const endpoint = services.get(service);
    if (endpoint === undefined) {
      const message = `No service '${service}' here; there are ${[...services.keys()].join(', ')}`;
      to.writeHead(400, {
        'content-type': 'application/json',
        'x-amzn-errortype': 'UnknownServiceException',
      });
      to.end(JSON.stringify({ __type: 'UnknownServiceException', message }));
      return;
    }
    const { host } = new URL(endpoint);
    const onward = request(
      new URL(from.url ?? '/', endpoint),
      // The host is the service's own: queue URLs are made of it.
      { method: from.method, headers: { ...from.headers, host }, agent },
      (answer) => {
        to.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(to);
        answer.on('error', () => to.destroy());
      },
    );
    // A service that cannot be reached looks the same through the door: a broken connection.
    onward.on('error', () => from.socket.destroy());
    to.on('close', () => onward.destroy());
    from.pipe(onward);
  }

  return listen(createServer(pass), () => agent.destroy());
}
