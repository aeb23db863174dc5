import { RULES } from '../../../lib/redact/rules.ts';

/** A text made to be slow: a unit, repeated. */
export interface HostileText {
  readonly unit: string;
  readonly text: string;
}

/** Texts of this length, made from what starts each rule, alone and with what a value may look like. */
export function* hostileTexts(length: number): Generator<HostileText> {
  const triggers = [...new Set(RULES.flatMap((rule) => rule.triggers))];
  const units = [...OWN, ...triggers.flatMap((trigger) => TAILS.map((tail) => trigger + tail))];
  for (const unit of new Set(units)) {
    yield { unit, text: unit.repeat(Math.ceil(length / unit.length)) };
  }
}

// --- internal ---

const TAILS = ['', '\n', ' ', '="a1 '];
const OWN = [
  'DB_PASSWORD=Xk3kd93kdQ4t\n',
  'password="aaaa1',
  'postgres://u:p1w@',
  'curl -u a:b1c2 ',
  'user,password\n',
  'a | token | b\n',
  'name: password\n',
  '<password>',
  '\\"',
  '%3D',
  '\u001b[0m',
  '"a" + "b" + ',
  '-----BEGIN PRIVATE KEY-----\n',
  '-----BEGIN RSA PRIVATE KEY-----\nAAAA',
  `${'A'.repeat(40)} `,
  'password: "a""b""c""d""e""f"\n',
  `${'A'.repeat(70)}+AStAAAAAA==`,
  'cGFzc3dvcmQ9YTFiMmMzZDRlNWY2 ',
  'variable=password;a=b;c=d]',
  'security add-generic-password -w ',
  '1234567890123456|aaaaaaaaaaaaaaaaaaaaaaaaaa',
];
