import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { runHere } from '../testing/run.ts';

/** Nothing answers here: what is refused is refused before anybody is asked. */
const NOWHERE = ['--url', 'http://127.0.0.1:9/graphql'];

/** Command lines that could find nothing, or hold an option that would do nothing, each with what is right. */
const REFUSED: readonly (readonly [line: string, mend: string])[] = [
  ['list --host http://shop.example', 'did you mean --host "shop.example"?'],
  ['list --host HTTPS://shop.example:8443/', 'did you mean --host "shop.example:8443"?'],
  ['list --host http://shop.example/a?b', 'did you mean --host "shop.example" --path "/a?b"?'],
  ['tail --host shop.example/items', 'did you mean --host "shop.example" --path "/items"?'],
  ['list --host shop.example?x', 'takes a host without scheme and path'],
  ['list --host /items', 'takes a host without scheme and path'],
  ['list --host a.example,b.example', 'takes one host, not a list'],
  ['list --host *.example', '--contains finds a part of a URL'],
  ['list --host :8080', 'names no host before the port'],
  ['list --host ::1', "--host '[::1]'"],
  ['list --path cut', 'did you mean "/cut"?'],
  ['tail --path cut/', 'did you mean "/cut/"?'],
  ['list --path http://shop.example/a?b', 'did you mean --path "/a?b"?'],
  ['list --path http://shop.example', 'did you mean --path "/"?'],
  ['list --path=/a␣b', 'such as "/a%20b"'],
  ['stats --path cut', 'did you mean "/cut"?'],
  ['stats --path /cut?a=1', 'did you mean "/cut"?'],
  ['stats --path /cut;v=1', 'did you mean "/cut"?'],
  ['stats --path http://shop.example/cut', 'did you mean --path "/cut"?'],
  ['list --method GET/', 'must be a method such as GET'],
  ['list --method=GET␣/items', 'must be a method such as GET'],
  ['stats --method PURGE', 'must be one of GET, HEAD'],
  ['list --status 99', 'the statuses that there are, 100 to 999, not "99"'],
  ['list --status -99', '100 to 999'],
  ['list --status 0-50', '100 to 999'],
  ['tail --status 0', '100 to 999'],
  ['list --namespace bugs/bugs', 'did you mean --namespace "bugs", or --workload "bugs/bugs"?'],
  ['stats --namespace bugs/bugs', '--workload "bugs/bugs"?'],
  ['dead-letters list -n bugs/bugs', 'takes a namespace without a workload'],
  ['list --workload Deployment', 'give Deployment/NAME, or NAMESPACE/NAME'],
  ['tail --workload Deployment/', 'give Deployment/NAME, or NAMESPACE/NAME'],
  ['stats --workload CronJob', 'give CronJob/NAME, or NAMESPACE/NAME'],
  ['list -w one/Deployment/a,two/Deployment/a', 'ask for those of each namespace apart'],
  ['list -n two -w one/Deployment/a', 'no exchange can match both'],
  ['list --since 2026-11-21T15:00:01Z', '--since is not in the past'],
  ['list --since now', '--since is not in the past'],
  ['stats --since 2030-01-01T00:00:00Z', '--since is not in the past'],
  ['list --until 1970-01-01T00:00:00Z', '--until is before anything'],
  ['stats --since 1h --until 2h', '--since is not before --until'],
  ['list --state open --min-duration 1s', 'leave out --min-duration and --max-duration'],
  ['list --details', 'give -o json too'],
  ['list --details -o table', 'give -o json too'],
  ['list --details -o har', 'leave it out'],
  ['list --details -o curl', 'leave it out'],
  ['get 019aa7f2-1b3e --body request -o json', 'leave --output out, or --body'],
  ['get 019aa7f2-1b3e --body request -o table', 'leave --output out, or --body'],
  ['dead-letters requeue 1 --limit 5', '--limit has no effect beside ids'],
  ['dead-letters requeue 1 --limit all', '--limit has no effect beside ids'],
  ['dead-letters requeue --all --reason clock', 'either --all or options that choose'],
];

for (const [line, mend] of REFUSED) {
  test(`culvert ${line} is refused with what is right`, async () => {
    const args = line.split(' ').map((word) => word.replaceAll('␣', ' '));

    const { code, output, errors } = await runHere([...args, ...NOWHERE]);

    equal(code, 2, errors);
    equal(output, '');
    ok(errors.startsWith('culvert: ') && errors.includes(mend), errors);
  });
}
