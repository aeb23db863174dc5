import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../lib/redact/redact.ts';
import { randomText } from './secret-vectors.ts';

const V = 'zQ7rk29XwLp4';
const redact = (text: string) => createRedactor().redactText(text).text;
const payload = (input: unknown) =>
  JSON.stringify(createRedactor().redactPayload({ tool_input: input as never }).payload);

describe('a value that its place makes a secret', () => {
  it.each([
    `INSERT INTO users (id, name, password) VALUES (1, 'bob', '${V}'), (2, 'amy, x', '${V}');`,
    `COPY users (id, password) FROM stdin;\n1\t${V}\n\\.\n`,
    `UPDATE settings SET value='${V}' WHERE name='DB_PASSWORD';`,
    `- value: ${V}\n  name: DB_PASSWORD\n`,
    `password = os.getenv("X") or "${V}"`,
    `const apiKey = process.env.X || '${V}';`,
    `const dbPassword: &'static str = r#"${V}"#;`,
    `$ echo $DB_PASSWORD\n${V}\n`,
    `>>> password\n'${V}'\n`,
    `expect(user.password).toBe("${V}");`,
    `driver.find_element(By.ID, "password").send_keys("${V}")`,
    `smtp.login("bob@example.org", "${V}")`,
    `btoa('bob:${V}')`,
    `curl -su bob:${V} https://h`,
    `htpasswd -nbB bob '${V}'`,
    `bob:{PLAIN}${V}:1000::`,
    `chpasswd:\n  list: |\n    root:${V}\n    amy:${V}\n`,
    `mvn sonar:sonar -Dsonar.login=${V}`,
    `vercel env add DB_PASSWORD production <<< "${V}"`,
    `username bob password 0 ${V}`,
    `credentials: bob / ${V}`,
    `log in with bob and ${V}`,
    `[sudo] password for bob: ${V}`,
    `jdbc:oracle:thin:bob/${V}/aB3=@h:1521:x`,
    `body=x()%3B%0Aconst+password+%3D+'${V}'%3B`,
  ])('is taken out of %j', (text) => {
    expect(redact(text)).not.toContain(V);
  });

  it.each([
    [{ columns: ['id', 'password'], rows: [[1, V]] }],
    [{ columns: [{ name: 'id' }, { name: 'password' }], rows: [[1, V]] }],
    [
      [
        ['id', 'password'],
        [1, V],
        [2, V],
      ],
    ],
    [{ element: 'Password textbox', text: V }],
    [{ name: 'pin', value: 48_291_533_201 }],
  ])('is taken out of %j', (input) => {
    expect(payload(input)).not.toMatch(/zQ7rk29|48291533201/);
  });

  it('leaves what stands in other columns', () => {
    const text = `INSERT INTO t (id, password, note) VALUES (1, '${V}', 'k3pt-9Xq2Lm4');`;
    expect(redact(text)).toContain('k3pt-9Xq2Lm4');
    expect(payload({ columns: ['id', 'password'], rows: [['k3pt-9Xq2Lm4', V]] })).toContain('k3pt');
  });
});

describe('a token', () => {
  const token = `ghp_${randomText(36)}`;

  it.each([`n${token}`, `TOKEN${token}`, `7${token}`, `=3D${token}`])('is found in %j', (text) => {
    expect(redact(text)).not.toContain(token);
  });

  it.each(['\n', '\r\n    ', '\n> ', '\\\n', '=\r\n'])('is found with a break %j in it', (gap) => {
    const [head, tail] = [token.slice(0, 24), token.slice(24)];
    const redacted = redact(`x: ${head}${gap}${tail}\n`);
    expect(redacted).not.toContain(head);
    expect(redacted).not.toContain(tail);
  });

  it('does not take the next line with it', () => {
    expect(redact(`${token}\nnext_line_99\n`)).toBe('[redacted:github-token]\nnext_line_99\n');
  });
});

describe('a session with thousands of secrets', () => {
  it('still takes the last ones out wherever they stand', () => {
    const redactor = createRedactor();
    for (let i = 0; i < 2_000; i += 1)
      redactor.redactPayload({
        session_id: 's',
        tool_input: { password: createHash('md5').update(`${i}`).digest('hex') },
      });
    const { payload: redacted } = redactor.redactPayload({
      session_id: 's',
      tool_input: { a: `password="${V}"`, b: `and then ${V} again` },
    });
    expect(JSON.stringify(redacted)).not.toContain(V);
  });
});
