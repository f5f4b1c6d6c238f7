import { createApplication } from './server.ts';

// A stand-in for any service that is being watched: it knows nothing about Culvert.
const port = Number(process.env['PORT'] ?? 8081);
const server = createApplication();
server.listen(port, '127.0.0.1', () => {
  console.log(`sample application on http://127.0.0.1:${port}`);
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => process.exit(0));
}
