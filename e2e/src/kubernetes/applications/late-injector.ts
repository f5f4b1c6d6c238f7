import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

/** The part of an AdmissionReview that is read here. */
interface Review {
  readonly request: {
    readonly uid: string;
    readonly object: { readonly spec: { readonly containers: readonly { readonly name: string }[] } };
  };
}

const NAME = 'late';
const directory = process.env['TLS_DIRECTORY'] ?? '/tls';
const container = JSON.parse(process.env['CONTAINER'] ?? '{}') as Record<string, unknown>;

// Another product's injector: it adds a container to pods, after Culvert's.
createServer(
  { cert: readFileSync(`${directory}/tls.crt`), key: readFileSync(`${directory}/tls.key`) },
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const { uid, object } = (JSON.parse(Buffer.concat(chunks).toString()) as Review).request;
      const there = object.spec.containers.some(({ name }) => name === NAME);
      const patch = [{ op: 'add', path: '/spec/containers/-', value: { ...container, name: NAME } }];
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          apiVersion: 'admission.k8s.io/v1',
          kind: 'AdmissionReview',
          response: {
            uid,
            allowed: true,
            ...(!there && {
              patchType: 'JSONPatch',
              patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
            }),
          },
        }),
      );
    });
  },
).listen(8443, () => {
  console.log('listening');
});
process.on('SIGTERM', () => process.exit(0));
