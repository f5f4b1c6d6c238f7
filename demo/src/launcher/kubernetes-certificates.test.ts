import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createAuthority } from './kubernetes-certificates.ts';

test('what signs and what is signed is valid on any day, by this machine’s clock or by another', async () => {
  const authority = await createAuthority('test');
  const { certificate } = await authority.issue({ name: 'server', addresses: ['127.0.0.1'] });

  for (const pem of [authority.certificate, certificate]) {
    const { validFromDate, validToDate } = new X509Certificate(pem);
    assert.ok(validFromDate <= new Date('2001-01-01'));
    assert.ok(validToDate >= new Date('2099-01-01'));
  }
});
