import { createServer } from 'node:http';

// Work that ends with its first request, whose answer is the last thing that it does.
const server = createServer((request, response) => {
  response.end(`done: ${request.url}\n`, () => {
    console.log('done');
    server.close();
    server.closeIdleConnections();
  });
  response.once('close', () => process.exit(0));
});
server.listen(Number(process.env['PORT'] ?? 8080), () => {
  console.log('working');
});
