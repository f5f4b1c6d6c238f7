import type { ExchangeMatch, HeaderMatch, PortRules } from '@culvert/traffic/select/rules';
import type { Field } from './field.ts';

/** Rules of a port out of a document. Fields that later releases may add are passed over. @throws FieldError */
export function readRules(rules: Field): PortRules {
  const sampling = rules.at('sampling');
  const redaction = rules.at('redaction');
  const pathParameters = redaction.optional('pathParameters')?.list(readText);
  return {
    protocol: rules.at('protocol').word('HTTP', 'TCP'),
    policy: rules.at('policy').textOrNull(),
    capture: rules.at('capture').flag(),
    match: rules.at('match').list(readMatch),
    exclude: rules.at('exclude').list(readMatch),
    excludeProbes: rules.at('excludeProbes').flag(),
    sampling: {
      numerator: sampling.at('numerator').whole(0),
      denominator: sampling.at('denominator').whole(1),
    },
    requestBodyBytes: rules.at('requestBodyBytes').whole(0),
    responseBodyBytes: rules.at('responseBodyBytes').whole(0),
    redaction: {
      headers: redaction.at('headers').list(readText),
      cookies: redaction.at('cookies').list(readText),
      queryParameters: redaction.at('queryParameters').list(readText),
      ...(pathParameters && { pathParameters }),
    },
  };
}

function readMatch(match: Field): ExchangeMatch {
  const methods = match.optional('methods')?.list(readText);
  const hosts = match.optional('hosts')?.list(readText);
  const paths = match.optional('paths')?.list((path) => ({
    type: path.at('type').word('Exact', 'Prefix'),
    value: path.at('value').text(),
  }));
  const headers = match.optional('headers')?.list(readHeader);
  const statuses = match.optional('statuses')?.list((status) => ({
    min: status.at('min').whole(0),
    max: status.at('max').whole(0),
  }));
  return {
    ...(methods && { methods }),
    ...(hosts && { hosts }),
    ...(paths && { paths }),
    ...(headers && { headers }),
    ...(statuses && { statuses }),
  };
}

function readHeader(header: Field): HeaderMatch {
  const value = header.optional('value')?.text();
  return {
    name: header.at('name').text(),
    type: header.at('type').word('Exact', 'Present', 'Absent'),
    ...(value !== undefined && { value }),
  };
}

function readText(item: Field): string {
  return item.text();
}
