import { expect, it } from 'vitest';
import { parseHeaderList } from '../../lib/config/otlp-headers.ts';

it.each<[string, Record<string, string> | undefined]>([
  ['api-key=secret', { 'api-key': 'secret' }],
  [' api-key = secret , X-Team=core,', { 'api-key': 'secret', 'x-team': 'core' }],
  ['authorization=Bearer%20abc', { authorization: 'Bearer abc' }],
  ['authorization=Basic%20dXNlcjpwYXNz==', { authorization: 'Basic dXNlcjpwYXNz==' }],
  ['list=a%2Cb', { list: 'a,b' }],
  ['', {}],
  ['secret', undefined],
  ['=secret', undefined],
  ['api key=secret', undefined],
  ['api-key=', undefined],
  ['api-key=a%0D%0Ahost:%20evil', undefined],
  ['api-key=%zz', undefined],
  ['api-key=schlüssel', undefined],
])('reads %s as the variables of OpenTelemetry have it', (list, headers) => {
  expect(parseHeaderList(list)).toEqual(headers);
});
