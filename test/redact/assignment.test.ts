import { describe, expect, it } from 'vitest';
import { SecretMembers } from '../../lib/redact/named/secret-member.ts';
import { createRedactor } from '../../lib/redact/redact.ts';
import { randomText } from './secret-vectors.ts';

const redact = (text: string) => createRedactor().redactText(text).text;
const HEX = randomText(32, '3fa91c07be5d2648');

describe('a secret behind a name', () => {
  it.each([
    // environment files, shells, Dockerfiles
    [`DB_PASSWORD=hunterhunter`, 'hunterhunter'],
    [`export API_KEY=${HEX}`, HEX],
    [`export SECRET_KEY_BASE='${HEX}'\n`, HEX],
    [`PGPASSWORD=s3cr3t! psql -h db`, 's3cr3t!'],
    [`ENV GITHUB_TOKEN=${HEX}\n`, HEX],
    [`MYSQL_PWD=hunter22;`, 'hunter22'],
    [`+DB_PASSWORD=hunter22`, 'hunter22'],
    [`docker run -e "DB_PASSWORD=hunter22" app`, 'hunter22'],
    // flags
    [`mysql --password=hunterhunter db`, 'hunterhunter'],
    [`tool --api-key ${HEX}`, HEX],
    [`tool --token "${HEX}"`, HEX],
    // YAML, INI, properties
    [`db:\n  password: hunter22\n  port: 1`, 'hunter22'],
    [`- token: ${HEX} # of the bot`, HEX],
    [`db.password=hunter22\r\n`, 'hunter22'],
    [`secret = ${HEX}\n`, HEX],
    [`     3→  password: hunter22`, 'hunter22'],
    // code
    [`const password = "hunterhunter";`, 'hunterhunter'],
    [`const dbPassword: string = 'hunter22';`, 'hunter22'],
    [`let api_key: &str = "${HEX}";`, HEX],
    [`apiKey := "${HEX}"`, HEX],
    [`config["client_secret"] = "abc123def456"`, 'abc123def456'],
    [`{ clientSecret: \`abc123def456\` }`, 'abc123def456'],
    [`:password => 'hunter22'`, 'hunter22'],
    [`PASSWORD = r"""hunter22"""`, 'hunter22'],
    [`auth = "${HEX}"`, HEX],
    [
      `access_token: "${randomText(24, 'aBcDEfgHIJkLmNOpQrsTUv')}"`,
      randomText(24, 'aBcDEfgHIJkLmNOpQrsTUv'),
    ],
    // JSON, and JSON in strings
    [`{"password": "hunterhunter"}`, 'hunterhunter'],
    [`{"password":"it\\"s 1"}`.replace(' 1', '-1'), 'it\\"s-1'],
    [String.raw`{"body":"{\"api_key\":\"${HEX}\",\"n\":1}"}`, HEX],
    [String.raw`{\\\"password\\\":\\\"hunter22\\\"}`, 'hunter22'],
    // others
    [`<password>hunter22</password>`, 'hunter22'],
    [`Server=db;User Id=sa;Password=hunter22;Encrypt=yes`, 'hunter22'],
    [`https://x.io/?a=1&access_token=${HEX}&b=2`, HEX],
    [
      `DefaultEndpointsProtocol=https;AccountKey=${randomText(86)}==;Suffix=x`,
      `${randomText(86)}==`,
    ],
    [`"password": "hunter22`, 'hunter22'],
  ])('is taken out of %j', (text, secret) => {
    expect(text.split(secret)).toHaveLength(2);
    expect(redact(text)).toBe(text.replace(secret, () => '[redacted:assignment]'));
  });

  it.each([
    // too short, or no value
    'secret=abc',
    'password=',
    'password: ""',
    // variables, calls and types
    'const token = getToken();',
    'const token = await auth.getToken2(user);',
    'password: string',
    'password: string;',
    'password?: string | undefined,',
    'token: uint256;',
    'secret: Bytes32,',
    'this.token = token1;',
    'token = token2',
    'api_key=api_key1, timeout=3)',
    'password = user1.password',
    'secret = os.environ["SECRET_1"]',
    'token: req.headers.token1',
    'password = input("Password: ")',
    'API_KEY=get_key(1)',
    'if (password === "hunter22") {}',
    'const { password, token } = body;',
    'token => token.value1',
    ';je.readToken=function(){};t.onToken=t1234567;x.password=u.value1;',
    '&&password=compute(1)',
    // placeholders
    'password: ${DB_PASSWORD1}',
    'PASSWORD=$PASSWORD1',
    'TOKEN="$(cat /run/token1)"',
    'password: "{{ vault_password1 }}"',
    'password: <your-password1>',
    'api_key = "YOUR_API_KEY_1"',
    'api_key = "your-api-key-1"',
    'secret: "xxxxxxxxxxxx1"',
    'password: "********1"',
    'password: "changeme1"',
    'const token = process.env.TOKEN1',
    'token: `${a}${b}12345678`',
    'password="%s1%(pw)s"',
    'password: null',
    'password: "undefined"',
    'token: "op://vault/item1/field"',
    'private_key: "/etc/ssl/private/key1.pem"',
    'password: [redacted:assignment]',
    'secret = [redacted:jwt]',
    // names about something else
    'max_tokens: 4096000',
    'token_count = 123456',
    '"input_tokens": "1234567"',
    'author: "Jane Smith 2nd"',
    '"author":"jane1234567890123456"',
    'password_hash_rounds = 1000000',
    'tokenizer = "cl100k_base1"',
    'secretName: my-secret-1',
    'token_url = "https://x.io/oauth2"',
    'tokenEndpoint: "/v2/token-1"',
    'keyboard: "querty12345"',
    // words for people
    '"password": "Passwort"',
    '"password": "Enter your password 1"',
    'password: "contraseña"',
    '"token": "string"',
    'type: "password", label: "hunter22"',
    'auth: "oauth2-client"',
    'token: "access_token_v2"',
    'const TOKEN_KEY = "auth_token";',
    'document.querySelector("#password1")',
    '<input type="password" name="password" id="pw12345">',
    'The password: at least 8 characters, 1 digit.',
    '// token: the bearer token, 40 characters',
    'fetch(u, { credentials: "include" })',
  ])('is not seen in %j', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('ends where its quotes, its line or its flag ends', () => {
    expect(redact('a("--password=hunter22", "x1")')).toBe(
      'a("--password=[redacted:assignment]", "x1")',
    );
    expect(redact('PASSWORD="hunter22" USER="joe12345"')).toBe(
      'PASSWORD="[redacted:assignment]" USER="joe12345"',
    );
    expect(redact('password: hunter22\nuser: joe12345')).toBe(
      'password: [redacted:assignment]\nuser: joe12345',
    );
  });
});

describe('a member', () => {
  it.each([
    ['password', 'hunter22', true],
    ['dbPassword', 'hunterhunter', true],
    ['API_KEY', HEX, true],
    ['x-api-key', HEX, true],
    ['password', 'changeme', false],
    ['token', 'access', false],
    ['token_type', 'Bearer12345', false],
    ['session_id', HEX, false],
    ['tool_use_id', HEX, false],
    ['tokens', HEX, true],
  ])('of a payload called %s with %s is a secret: %s', (name, value, secret) => {
    expect(new SecretMembers({ [name]: value }, undefined, true).isSecret(name, value)).toBe(
      secret,
    );
  });
});
