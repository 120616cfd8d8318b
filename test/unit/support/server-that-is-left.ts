import { startServer } from '../../support/servers.ts';

/** Starts a server, says its process and waits to be killed. */
const server = await startServer('redis', { own: true });
console.log('missing' in server ? server.missing : `server ${server.pid}`);
setInterval(() => {}, 60_000);
