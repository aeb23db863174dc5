import { DIGIT, DIGITS } from './token-form.ts';
import type { TokenForm } from './token-form.ts';

/** Tokens of documents, media, forms, maps and other services. */
export const SERVICE_TOKENS: readonly TokenForm[] = [
  ['notion-token', 'ntn_', '[A-Za-z0-9]{40,64}'],
  ['notion-token', 'secret_', `${DIGIT}[A-Za-z0-9]{43}(?!\\w)`],
  ['airtable-token', 'pat', '[A-Za-z0-9]{14}\\.[0-9a-f]{64}(?!\\w)'],
  ['asana-token', '0/ 1/ 2/', '\\d{16}(?:/\\d{16})?:[0-9a-z]{32}(?!\\w)'],
  ['dropbox-token', 'sl.', '(?:u\\.)?[\\w-]{130,1400}'],
  ['dropbox-token', 'AAAAAAAAAA', '[\\w-]{43}(?![\\w-])', '[a-zA-Z0-9]{11}'],
  ['frameio-token', 'fio-u-', '[\\w=-]{64}'],
  ['canva-secret', 'cnvca', '[\\w-]{40,64}'],
  ['contentful-token', 'CFPAT-', '[\\w-]{43}'],
  ['sanity-token', 'sk', '(?=[A-Za-z]{0,40}\\d)[A-Za-z0-9]{80,180}(?![\\w-])'],
  ['builder-key', 'bpk-', '[0-9a-f]{32}'],
  ['typeform-token', 'tfp_', '[\\w.=-]{40,64}'],
  ['calcom-key', 'cal_live_ cal_', '[0-9a-f]{32}(?!\\w)'],
  ['close-key', 'api_', `${DIGITS}[A-Za-z0-9]{20,24}\\.[A-Za-z0-9]{20,24}(?!\\w)`],
  ['adobe-secret', 'p8e-', '[\\w-]{32}'],
  ['teamwork-token', 'tkn.v1_', '[A-Za-z0-9+/]{60,90}={0,2}'],
  ['shutterstock-token', 'v2/', '(?=[A-Za-z]{0,40}\\d)[A-Za-z0-9]{300,420}'],
  ['dotmailer-user', 'apiuser-', '[0-9a-f]{12}@apiconnector\\.com'],
  ['midise-key', 'midi-', '[0-9a-f]{10}[A-Za-z0-9]{54}'],
  ['saucelabs-user', 'oauth-', '[a-z0-9]{8,40}-[a-z0-9]{5}:[0-9a-f-]{36}'],
  ['salesforce-token', '00D', '[A-Za-z0-9]{12,15}![A-Za-z0-9._]{80,150}'],
  [
    'sidekiq-url',
    '@gems.contribsys.com @enterprise.contribsys.com',
    '(?![\\w.-])',
    '[0-9a-f]{8}:[0-9a-f]{8}',
  ],
  ['docusign-token', 'eyJ0eXAiOiJNVCIs', '[\\w-]{20,512}\\.[\\w-]{20,1024}\\.[\\w-]{20,1024}'],
  ['liveagent-key', 'k_', '[0-9a-f]{32}(?!\\w)'],
  ['appwrite-key', 'standard_', '[0-9a-f]{100,300}'],
  ['clerk-key', 'ak_', `${DIGITS}[0-9a-f]{32,64}(?!\\w)`],
  ['workos-key', 'sk_', `${DIGITS}[A-Za-z0-9]{60,140}(?!\\w)`],
  ['svix-key', 'testsk_ sk_', `${DIGITS}[A-Za-z0-9]{32}\\.(?:eu|us|in|ca|au)(?!\\w)`],
];
