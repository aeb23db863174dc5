import { DIGIT } from './token-form.ts';
import type { TokenForm } from './token-form.ts';

/** Tokens of documents, media, forms, maps and other services. */
export const SERVICE_TOKENS: readonly TokenForm[] = [
  { kind: 'notion-token', prefixes: 'ntn_', rest: '[A-Za-z0-9]{40,64}' },
  { kind: 'notion-token', prefixes: 'secret_', rest: '[A-Za-z0-9]{43}(?!\\w)' },
  { kind: 'airtable-token', prefixes: 'pat', rest: '[A-Za-z0-9]{14}\\.[0-9a-fA-F]{64}(?!\\w)' },
  { kind: 'asana-token', prefixes: '0/ 1/ 2/', rest: '\\d{16}(?:/\\d{16})?:[0-9a-z]{32}(?!\\w)' },
  { kind: 'dropbox-token', prefixes: 'sl.', rest: '(?:u\\.)?[\\w=-]{130,1400}' },
  {
    kind: 'dropbox-token',
    prefixes: 'AAAAAAAAAA',
    rest: '[\\w-]{43}(?![\\w-])',
    before: '[a-zA-Z0-9]{11}',
  },
  { kind: 'frameio-token', prefixes: 'fio-u-', rest: '[\\w=-]{64}' },
  { kind: 'canva-secret', prefixes: 'cnvca', rest: '[\\w-]{40,64}' },
  { kind: 'contentful-token', prefixes: 'CFPAT-', rest: '[\\w-]{43}' },
  {
    kind: 'sanity-token',
    prefixes: 'sk',
    rest: DIGIT + '[A-Za-z0-9]{80,180}(?![\\w-])',
  },
  { kind: 'builder-key', prefixes: 'bpk-', rest: '[0-9a-fA-F]{32}' },
  { kind: 'typeform-token', prefixes: 'tfp_', rest: '[\\w.=-]{40,64}' },
  { kind: 'calcom-key', prefixes: 'cal_live_ cal_', rest: '[0-9a-fA-F]{32}(?!\\w)' },
  {
    kind: 'close-key',
    prefixes: 'api_',
    rest: '[A-Za-z0-9]{20,24}\\.[A-Za-z0-9]{20,24}(?!\\w)',
  },
  { kind: 'adobe-secret', prefixes: 'p8e-', rest: '[\\w-]{32}' },
  { kind: 'teamwork-token', prefixes: 'tkn.v1_', rest: '[A-Za-z0-9+/]{60,90}={0,2}' },
  {
    kind: 'shutterstock-token',
    prefixes: 'v2/',
    rest: DIGIT + '[A-Za-z0-9]{300,420}',
  },
  { kind: 'dotmailer-user', prefixes: 'apiuser-', rest: '[0-9a-fA-F]{12}@apiconnector\\.com' },
  { kind: 'midise-key', prefixes: 'midi-', rest: '[0-9a-fA-F]{10}[A-Za-z0-9]{54}' },
  { kind: 'saucelabs-user', prefixes: 'oauth-', rest: '[a-z0-9]{8,40}-[a-z0-9]{5}:[0-9a-f-]{36}' },
  { kind: 'salesforce-token', prefixes: '00D', rest: '[A-Za-z0-9]{12,15}![A-Za-z0-9._]{80,150}' },
  {
    kind: 'sidekiq-url',
    prefixes: '@gems.contribsys.com @enterprise.contribsys.com',
    rest: '(?![\\w.-])',
    before: '[0-9a-fA-F]{8}:[0-9a-fA-F]{8}',
  },
  {
    kind: 'docusign-token',
    prefixes: 'eyJ0eXAiOiJNVCIs',
    rest: '[\\w-]{20,512}\\.[\\w-]{20,1024}\\.[\\w-]{20,1024}',
  },
  { kind: 'liveagent-key', prefixes: 'k_', rest: '[0-9a-fA-F]{32}(?!\\w)' },
  { kind: 'appwrite-key', prefixes: 'standard_', rest: '[0-9a-fA-F]{100,300}' },
  { kind: 'clerk-key', prefixes: 'ak_', rest: '[0-9a-fA-F]{32,64}(?!\\w)' },
  { kind: 'workos-key', prefixes: 'sk_', rest: '[A-Za-z0-9]{60,140}(?!\\w)' },
  {
    kind: 'svix-key',
    prefixes: 'testsk_ sk_',
    rest: '[A-Za-z0-9]{32}\\.(?:eu|us|in|ca|au)(?!\\w)',
  },
  { kind: 'close-key', prefixes: 'api_', rest: '[A-Za-z0-9.]{45}(?!\\w)' },
  // What this project's own service gives out.
  { kind: 'pattern-tracker-token', prefixes: 'ptk_', rest: '[0-9a-f]{12}_[\\w-]{43}' },
  {
    kind: 'airtable-token',
    prefixes: '.v1.',
    rest: '[\\w-]{40,400}\\.[0-9a-fA-F]{40,128}',
    before: 'oa[a-z][A-Za-z0-9]{14}',
  },
  { kind: 'imagekit-key', prefixes: 'private_', rest: '[A-Za-z0-9+/]{27}=(?!\\w)' },
  {
    kind: 'planning-center-token',
    prefixes: 'pco_pat_ pco_app_ pco_tok_',
    rest: '[0-9a-fA-F]{40,80}',
  },
  { kind: 'redirect-pizza-token', prefixes: 'rpa_', rest: '[A-Za-z0-9]{47,80}(?!\\w)' },
  { kind: 'salesforce-consumer-key', prefixes: '3MVG9', rest: '[\\w.]{80,251}' },
  { kind: 'salesforce-refresh-token', prefixes: '5Aep861', rest: '[\\w.]{60,120}' },
  { kind: 'zoho-token', prefixes: '1000.', rest: '[0-9a-fA-F]{32}\\.[0-9a-fA-F]{32}(?!\\w)' },
];
