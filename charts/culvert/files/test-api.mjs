// What `helm test` runs: asks the orchestrator, through its Service and with the token of its Secret, how its
// dependencies are and what agents it knows.
import { readFileSync } from 'node:fs';

const token = readFileSync(process.env.TOKEN_FILE, 'utf8').trim();
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };

const health = await fetch(`${process.env.API}/health/detailed`, { headers });
const report = await health.json();
console.log(JSON.stringify(report, undefined, 2));
if (!health.ok) fail(`/health/detailed answered ${health.status}: see which dependency is unavailable above`);

const query = '{ agents { agentId state } }';
const answer = await fetch(`${process.env.API}/graphql`, {
  method: 'POST',
  headers,
  body: JSON.stringify({ query }),
});
const { data, errors } = await answer.json();
if (errors !== undefined || !Array.isArray(data?.agents))
  fail(`GraphQL answered ${answer.status}: ${JSON.stringify(errors ?? data)}`);
console.log(`GraphQL works; agents known: ${data.agents.length}`);

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
